import type { ClientMessage } from '@magpie/client';
import type { Context } from './context.ts';
import { timError } from './errors.ts';
import { parseMessageId, refOfConversation } from './map/ids.ts';
import { idOf } from './map/message.ts';
import type { Held } from './table.ts';
import type { Message } from './types.ts';

export interface Located {
  readonly held: Held;
  readonly core: ClientMessage;
}

/**
 * The core's message for an object that comes back from the app. Copies and messages kept by the app itself are found too,
 * by conversation and place, if they say where they stand.
 */
export async function locate(context: Context, message: Message | undefined): Promise<Located> {
  const held = context.table.given(message);
  if (held?.core && held.core.status === 'sent') return { held, core: held.core };
  const ref = message && refOfConversation(String(message.conversationID));
  if (!message || ref === undefined || !parseMessageId(String(message.ID))) throw timError(2105, 'The argument is not a message of this SDK.');
  if (typeof message.sequence !== 'number' || message.sequence <= 0) throw timError(2105, 'The message was not sent.');
  const { messages } = await context.client().messages.list({ ref, seq: message.sequence, direction: 'older', limit: 1 });
  const core = messages.find((one) => idOf(one) === message.ID);
  if (!core) throw timError(20026, 'There is no such message.');
  context.table.adopt(core);
  const found = context.table.given(message);
  if (!found) throw timError(2105, 'Messages of this type cannot be handled.');
  return { held: found, core };
} // prettier-ignore
