import type { ClientMessage } from '@magpie/client';
import { sameDay } from '../format/time.ts';

/** One line of the message list. Keys are stable: a message keeps its row from sending to sent. */
export type Row =
  | { readonly kind: 'top'; readonly key: 'top' }
  | { readonly kind: 'day'; readonly key: string; readonly time: number }
  | { readonly kind: 'unread'; readonly key: 'unread' }
  | { readonly kind: 'note'; readonly key: string; readonly message: ClientMessage }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: ClientMessage;
      /** Begins and ends a run of one sender. */
      readonly first: boolean;
      readonly last: boolean;
    };

export interface RowOptions {
  /** The reader had read up to here when the conversation was opened; absent: no divider. */
  readonly unreadAfter?: number | undefined;
  /** There is more above: what is new may begin there, out of sight. */
  readonly hasOlder?: boolean;
}

/** A run of one sender is broken by a pause as long as this. */
const RUN_MS = 5 * 60_000;

export function rowKey(message: ClientMessage): string {
  return `${message.from} ${message.clientId || message.id}`;
}

/** Drawn in the middle, as something that happened rather than something said. */
function isNote(message: ClientMessage): boolean {
  return (
    message.content.type === 'tip' || message.content.type === 'revoked' || message.revoked !== undefined
  );
}

function isHidden(message: ClientMessage): boolean {
  return message.content.type === 'command' || message.content.type === 'typing';
}

function isUnread(message: ClientMessage, unreadAfter: number): boolean {
  return !message.mine && (message.seq ?? 0) > unreadAfter && message.counts !== false && message.content.type !== 'tip'; // prettier-ignore
}

function follows(message: ClientMessage, before: ClientMessage): boolean {
  return (
    before.from === message.from &&
    !isNote(before) &&
    !isNote(message) &&
    message.time - before.time < RUN_MS &&
    sameDay(before.time, message.time)
  );
}

/** Messages as they are drawn: days, the divider of what is new, notes, and runs of one sender. */
export function toRows(messages: readonly ClientMessage[], options: RowOptions = {}): readonly Row[] {
  const shown = messages.filter((message) => !isHidden(message));
  const { unreadAfter } = options;
  const found = unreadAfter === undefined ? -1 : shown.findIndex((one) => isUnread(one, unreadAfter));
  const firstUnread = found === 0 && options.hasOlder === true ? -1 : found;
  const rows: Row[] = [{ kind: 'top', key: 'top' }];
  let day: number | undefined;
  for (const [index, message] of shown.entries()) {
    // A device whose clock is wrong must not make a day appear twice.
    if (day === undefined || (message.time > day && !sameDay(day, message.time))) {
      day = message.time;
      rows.push({ kind: 'day', key: `day ${new Date(day).toDateString()}`, time: day });
    }
    if (index === firstUnread) rows.push({ kind: 'unread', key: 'unread' });
    if (isNote(message)) {
      rows.push({ kind: 'note', key: rowKey(message), message });
      continue;
    }
    const before = shown[index - 1];
    const after = shown[index + 1];
    const first = index === firstUnread || !before || !follows(message, before);
    const last = index + 1 === firstUnread || !after || !follows(after, message);
    rows.push({ kind: 'message', key: rowKey(message), message, first, last });
  }
  return rows;
}
