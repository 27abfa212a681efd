// Compiled, never run: where apps are typed against the vendor's typings, ours must fit.
import TIM, {
  type ChatSDK,
  type Conversation,
  type Group,
  type GroupMember,
  type Message,
  type Profile,
} from '@magpie/tim';
import TencentCloudChat from '@magpie/tim/chat';
import type {
  ChatSDK as V3,
  Conversation as V3Conversation,
  Group as V3Group,
  GroupMember as V3Member,
  Message as V3Message,
  Profile as V3Profile,
} from '@tencentcloud/chat';
import type {
  ChatSDK as V2,
  Conversation as V2Conversation,
  Group as V2Group,
  Message as V2Message,
  Profile as V2Profile,
} from 'tim-js-sdk';

type Holds<T extends true> = T;
type Extends<A, B> = [A] extends [B] ? true : false;

/** The vendor's enums as what they are at run time, and its loose `String` as `string`. */
type IsAny<T> = 0 extends 1 & T ? true : false;
type Plain<T> =
  IsAny<T> extends true
    ? T
    : T extends (...args: never[]) => unknown
      ? T
      : [T, Function] extends [Function, T]
        ? // `onProgress: Function`: apps write functions of what they need of its argument.
          () => unknown
        : T extends string
          ? string
          : T extends number
            ? number
            : T extends readonly (infer E)[]
              ? Plain<E>[]
              : T extends { charAt(index: number): string }
                ? string
                : T extends object
                  ? { [K in keyof T]: Plain<T[K]> }
                  : T;

// Every method of the published classes is there; two names of theirs are misspelt and not at run time.
export type AllOfV2 = Holds<Extends<Exclude<keyof V2, 'downloadMergeMessage'>, keyof ChatSDK>>;
export type AllOfV3 = Holds<Extends<keyof V3, keyof ChatSDK>>;

/** Methods whose vendor arguments, in their plain form, ours does not take. Handlers are `Function` there, and looked at below. */
type Listeners = 'on' | 'off' | 'addSignalingListener' | 'removeSignalingListener';
type Refused<Vendor, Names extends keyof Vendor & keyof ChatSDK> = {
  [K in Names]: Vendor[K] extends (...args: infer Theirs) => unknown
    ? ChatSDK[K] extends (...args: infer Ours) => unknown
      ? Extends<Fits<Theirs>, Ours> extends true
        ? never
        : K
      : K
    : never;
}[Names];
/** A vendor message in an argument stands for the one we handed out. */
type Fits<Args> = { [I in keyof Args]: FitsOne<Args[I]> };
type FitsOne<T> =
  IsAny<T> extends true
    ? T
    : T extends V2Message | V3Message
      ? Message
      : T extends (V2Message | V3Message)[]
        ? Message[]
        : T extends { message: V2Message | V3Message }
          ? Plain<Omit<T, 'message'>> & { message: Message }
          : Plain<T>;
export type V2Calls = Holds<
  Extends<Refused<V2, Exclude<keyof V2, Listeners | 'downloadMergeMessage'> & keyof ChatSDK>, never>
>;
export type V3Calls = Holds<Extends<Refused<V3, Exclude<keyof V3, Listeners> & keyof ChatSDK>, never>>;

// What apps read from objects has the type they expect.
type Reads<Ours, Theirs, Without extends string = never> = Extends<
  Pick<Ours, keyof Ours & keyof Theirs>,
  Plain<Omit<Pick<Theirs, keyof Ours & keyof Theirs>, Without>>
>;
export type Objects = Holds<
  Reads<Message, V2Message> & Reads<Message, V3Message> & Reads<Profile, V2Profile> & Reads<Profile, V3Profile> & Reads<GroupMember, V3Member> &
  // The typings call createTime text; it is a number at run time.
  Reads<Group, V2Group, 'createTime'> & Reads<Group, V3Group, 'createTime'> &
  Reads<Conversation, V2Conversation, 'groupProfile' | 'userProfile'> & Reads<Conversation, V3Conversation, 'groupProfile' | 'userProfile'>
>; // prettier-ignore
export type Whole = Holds<
  Extends<Exclude<keyof V2Message | keyof V3Message, keyof Message>, never> &
    Extends<Exclude<keyof V3Conversation, keyof Conversation>, never> &
    Extends<Exclude<keyof V3Group, keyof Group>, never>
>;

/** As an app in TypeScript is written. */
export async function app(): Promise<void> {
  const tim: ChatSDK = TIM.create({ SDKAppID: 1400000001 });
  const chat: ChatSDK = TencentCloudChat.create({
    SDKAppID: 1400000001,
    proxyServer: 'ws://localhost',
    scene: 'x',
  });
  tim.on(TIM.EVENT.MESSAGE_RECEIVED, (event) => {
    for (const message of event.data) if (message.type === TIM.TYPES.MSG_TEXT) message.payload.text.trim();
  });
  tim.on(TIM.EVENT.SDK_READY, onReady, chat);
  tim.off(TIM.EVENT.SDK_READY, onReady);
  tim.on(TIM.EVENT.FRIEND_LIST_UPDATED, (event: { name: string; data: unknown[] }) => event.data.length);
  chat.on(
    TencentCloudChat.EVENT.KICKED_OUT,
    ({ data }) => data.type === TencentCloudChat.TYPES.KICKED_OUT_MULT_ACCOUNT,
  );
  const message: Message = tim.createTextMessage({
    to: 'bob',
    conversationType: TIM.TYPES.CONV_C2C,
    payload: { text: 'hi' },
  });
  const sent = await tim.sendMessage(message, {
    onlineUserOnly: true,
    offlinePushInfo: { disablePush: true },
  });
  const { messageList, nextReqMessageID } = (
    await tim.getMessageList({ conversationID: `C2C${sent.data.message.to}`, count: 15 })
  ).data;
  const type: TIM.TYPES = TIM.TYPES.CONV_C2C;
  const event: TencentCloudChat.EVENT = TencentCloudChat.EVENT.SDK_READY;
  void [messageList[0]?.payload.imageInfoArray[0]?.url, nextReqMessageID, type, event];
}

function onReady(event: { name: string }): void {
  void event.name;
}
