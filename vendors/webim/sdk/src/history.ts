import type { ClientMessage, ClientPage, ListOptions } from '@magpie/client';
import { HISTORY_PAGE, statusCode, type ChatType } from './constants.ts';
import { told, type Context } from './context.ts';
import { refuse } from './errors.ts';
import { typesFor } from './map/content.ts';
import { cursorToSeq, fold, normalizeChatType } from './map/ids.ts';
import type { ContentBody } from './types/message.ts';
import type { Callbacks, HistoryMessages } from './types/results.ts';

export interface HistoryOptions extends Callbacks {
  targetId: string;
  chatType: ChatType;
  cursor?: number | string | null;
  pageSize?: number;
  /** `up` (default): newer to older. */
  searchDirection?: 'up' | 'down' | string;
  searchOptions?: { from?: string; msgTypes?: string[]; startTime?: number; endTime?: number };
}

export interface FetchHistoryOptions extends Callbacks {
  /** Whose history: a user or group id. */
  queue: string;
  start?: number | string | null;
  count?: number;
  isGroup?: boolean;
  format?: boolean;
}

export interface RemoveHistoryOptions {
  targetId: string;
  chatType: ChatType;
  messageIds?: string[];
  beforeTimeStamp?: number;
}

/** Pages read at most to fill one page through a filter of sender or time. */
const MAX_ROUNDS = 10;

interface Query {
  readonly ref: string;
  readonly direction: 'older' | 'newer';
  readonly limit: number;
  readonly types: readonly string[];
  readonly accepts: (message: ClientMessage) => boolean;
  /** No message further on can be accepted. */
  readonly beyond: (message: ClientMessage) => boolean;
}

export function historySlice(context: Context) {
  async function collect(
    query: Query,
    first: Pick<ListOptions, 'seq' | 'time'>,
  ): Promise<{ messages: ClientMessage[]; next?: number }> {
    const { ref, direction, limit, types, accepts, beyond } = query;
    const messages: ClientMessage[] = [];
    let start = first;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const wanted = limit - messages.length;
      const page: ClientPage = await context
        .requireLogin()
        .messages.list({ ref, direction, limit: wanted, types, ...start });
      const inOrder = direction === 'older' ? page.messages.toReversed() : page.messages;
      messages.push(...inOrder.filter(accepts));
      if (!page.more || page.edge === undefined || inOrder.some(beyond)) return { messages };
      if (messages.length >= limit) return { messages, next: page.edge };
      start = { seq: page.edge };
    }
    return start.seq === undefined ? { messages } : { messages, next: start.seq };
  }

  function readStates(chatType: ChatType, id: string): (message: ClientMessage) => { isRead?: boolean } {
    const view = chatType === 'singleChat' ? context.conversation(chatType, id) : undefined;
    if (!view) return () => ({});
    return ({ seq, mine }) =>
      seq === undefined ? {} : { isRead: seq <= (mine ? (view.peerReadSeq ?? 0) : view.readSeq) };
  }

  async function history(options: HistoryOptions): Promise<HistoryMessages> {
    const { targetId, cursor, pageSize, searchDirection, searchOptions = {} } = options;
    if (!targetId) throw refuse(statusCode.REQUEST_PARAMETER_ERROR, 'getHistoryMessages: targetId is needed');
    const chatType = normalizeChatType(options.chatType);
    const direction = searchDirection === 'down' ? 'newer' : 'older';
    const { from, msgTypes, startTime = -1, endTime = -1 } = searchOptions;
    const sender = from ? fold(from) : undefined;
    const seq = cursorToSeq(cursor, direction);
    if (seq === 'end') return { messages: [], isLast: true };
    const time = direction === 'older' ? endTime : startTime;
    const { messages, next } = await collect(
      {
        ref: context.ref(chatType, targetId),
        direction,
        limit: Math.min(Math.max(1, Math.floor(pageSize ?? HISTORY_PAGE.default)), HISTORY_PAGE.max),
        types: typesFor(msgTypes),
        accepts: (message) =>
          (sender === undefined || fold(message.from) === sender) &&
          (startTime < 0 || message.time >= startTime) &&
          (endTime < 0 || message.time <= endTime),
        beyond: ({ time: at }) => (direction === 'older' ? at < startTime : endTime >= 0 && at > endTime),
      },
      seq !== 'newest' ? { seq } : time >= 0 ? { time } : {},
    );
    const stateOf = readStates(chatType, targetId);
    const bodies = messages
      .map((message) => context.body(message, stateOf(message)))
      .filter((body): body is ContentBody => body !== undefined);
    return {
      ...(next === undefined ? {} : { cursor: String(next) }),
      messages: bodies,
      isLast: next === undefined,
    };
  }

  return {
    getHistoryMessages(options: HistoryOptions): Promise<HistoryMessages> {
      return told(context, options, () => history(options));
    },

    /** Oldest first; called again it goes on where it stopped, until the app empties `conn.mr_cache`. */
    fetchHistoryMessages(options: FetchHistoryOptions): Promise<ContentBody[]> {
      return told(context, options, async () => {
        const { queue, start, count, isGroup } = options;
        const cache = context.fields.mr_cache as Record<string, { cursor?: string; isLast: boolean }>;
        const held = start === undefined || start === null || start === -1 ? cache[queue] : undefined;
        if (held?.isLast) return [];
        const page = await history({
          targetId: queue,
          chatType: isGroup ? 'groupChat' : 'singleChat',
          cursor: held?.cursor ?? start ?? null,
          pageSize: count ?? HISTORY_PAGE.default,
        });
        cache[queue] = { isLast: page.isLast, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) };
        return page.messages.toReversed();
      });
    },

    removeHistoryMessages(options: RemoveHistoryOptions): Promise<void> {
      return told(context, options, async () => {
        const { targetId, chatType, messageIds, beforeTimeStamp } = options;
        const client = context.requireLogin();
        const ref = context.ref(normalizeChatType(chatType), targetId);
        if (messageIds && messageIds.length > 0)
          return client.messages.delete(ref, { ids: messageIds.map(String) });
        if (typeof beforeTimeStamp !== 'number') {
          throw refuse(
            statusCode.REQUEST_PARAMETER_ERROR,
            'removeHistoryMessages: messageIds or beforeTimeStamp is needed',
          );
        }
        const page = await client.messages.list({ ref, time: beforeTimeStamp, direction: 'older', limit: 1 });
        const upTo = page.messages.at(-1)?.seq ?? page.edge;
        if (upTo !== undefined) await client.messages.delete(ref, { upTo });
      });
    },
  };
}
