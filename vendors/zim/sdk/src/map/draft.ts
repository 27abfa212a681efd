import type { Draft } from '@magpie/client';
import { ZIMMessagePriority, ZIMMessageType } from '../enums/message.ts';
import { invalid } from '../errors.ts';
import type { ZIMMessageSendConfig } from '../types/message-config.ts';
import type { ZIMMessage } from '../types/message.ts';
import type { ZIMPushConfig } from '../types/push.ts';
import { utf8 } from './base64.ts';
import { priorityFrom } from './message.ts';

/** Bytes of `extendedData` the vendor's SDK takes. */
const MAX_EXTENDED = 1024;
const MAX_MENTIONED = 50;

type Rest = Omit<Draft, 'clientId' | 'ref' | 'content' | 'media'>;

/** What the vendor's SDK refuses before sending. */
export function checkOptions(message: ZIMMessage, config: Partial<ZIMMessageSendConfig>): void {
  const { extendedData, mentionedUserIDs } = message;
  if (typeof extendedData === 'string' && utf8(extendedData).length > MAX_EXTENDED)
    throw invalid('extendedData may have 1 KB');
  if (
    mentionedUserIDs !== undefined &&
    (!Array.isArray(mentionedUserIDs) || mentionedUserIDs.length > MAX_MENTIONED)
  ) {
    throw invalid(`mentionedUserIDs may hold ${MAX_MENTIONED}`);
  }
  if (config.priority !== undefined && priorityFrom(config.priority) === undefined)
    throw invalid('priority must be 1, 2 or 3');
}

/** No `pushConfig`: nobody is pushed to. */
function pushFrom(config: ZIMPushConfig | undefined): NonNullable<Draft['push']> {
  if (!config) return { off: true };
  return {
    ...(config.title ? { title: config.title } : {}),
    ...(config.content ? { body: config.content } : {}),
    ...(config.payload ? { payload: config.payload } : {}),
  };
}

function mentionsFrom(message: ZIMMessage): Pick<Draft, 'mentions'> {
  const users = [...new Set(message.mentionedUserIDs ?? [])];
  if (users.length === 0 && message.isMentionAll !== true) return {};
  return {
    mentions: {
      ...(users.length > 0 ? { users } : {}),
      ...(message.isMentionAll === true ? { all: true } : {}),
    },
  };
}

/** Everything of a send but its name, place and content. */
export function optionsFrom(message: ZIMMessage, config: Partial<ZIMMessageSendConfig>): Rest {
  const stored = message.type !== ZIMMessageType.Command;
  return {
    ...(message.extendedData ? { extra: message.extendedData } : {}),
    ...mentionsFrom(message),
    priority: priorityFrom(config.priority ?? ZIMMessagePriority.Low) ?? 'low',
    ...(stored && config.hasReceipt === true ? { receipt: true } : {}),
    ...(stored ? {} : { store: false }),
    ...(config.disableUnreadMessageCount === true ? { counts: false } : {}),
    onBlocked: 'refuse',
    push: pushFrom(config.pushConfig),
  };
}
