// Checked by the compiler alone: an app typed against the published typings takes ours, and the other way round.
import type * as Ours from '@magpie/zim';
import type * as Vendor from 'zego-zim-web';

export const instance = (ours: Ours.ZIM): Vendor.ZIM => ours;
export const instanceBack = (vendor: Vendor.ZIM): Ours.ZIM => vendor;

type Statics<T> = Pick<T, keyof T>;
export const statics = (ours: Statics<typeof Ours.ZIM>): Statics<typeof Vendor.ZIM> => ours;
export const staticsBack = (vendor: Statics<typeof Vendor.ZIM>): Statics<typeof Ours.ZIM> => vendor;

export const handlers = (ours: Ours.ZIMEventHandler): Vendor.ZIMEventHandler => ours;
export const handlersBack = (vendor: Vendor.ZIMEventHandler): Ours.ZIMEventHandler => vendor;

/** Names and values of every enum, as text, so that equal numbers of unequal enums do not pass for each other. */
type Values<M> = { [N in Exclude<keyof M, 'ZIM'>]: { [K in keyof M[N] & string]: `${M[N][K] & number}` } };
export const enums = (ours: Values<typeof Ours>): Values<typeof Vendor> => ours;
export const enumsBack = (vendor: Values<typeof Vendor>): Values<typeof Ours> => vendor;

/** Members of enums are types of their own in apps. */
export const member: Vendor.ZIMMessageType.Text = 1 satisfies Ours.ZIMMessageType.Text;

/** What samples leave out, and an app's own handler typed by the vendor's names. */
export async function sample(zim: Ours.ZIM): Promise<Vendor.ZIMMessage> {
  const message: Vendor.ZIMTextMessage = { type: 1, message: 'hello' };
  zim.on(
    'peerMessageReceived',
    (_zim: Vendor.ZIM, data: Vendor.ZIMEventOfConversationMessageReceivedResult) => data.messageList,
  );
  const config: Vendor.ZIMMessageSendConfig = { priority: 1 };
  const { message: sent } = await zim.sendMessage(message, 'bob', 0, config);
  return sent;
}
