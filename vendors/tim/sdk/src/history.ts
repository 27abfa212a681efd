import type { ClientMessage, ListOptions } from '@magpie/client';
import { guarded, type Context } from './context.ts';
import { badParams, hasCode, scoped, timError } from './errors.ts';
import { parseMessageId, refOfConversation, seconds } from './map/ids.ts';
import { idOf } from './map/message.ts';
import type { Message } from './types.ts';

export interface GetMessageListOptions {
  conversationID: string;
  nextReqMessageID?: string | undefined;
  count?: number | undefined;
}

export interface HoppingOptions {
  conversationID: string;
  sequence?: number | undefined;
  /** Seconds. */
  time?: number | undefined;
  /** 0 older (default), 1 newer. */
  direction?: number | undefined;
  count?: number | undefined;
}

const PAGE = 15;
const PAGE_MAX = 20;

interface Stretch {
  readonly messages: readonly ClientMessage[];
  readonly more: boolean;
  readonly edge: number | undefined;
}

export function conversationRef(conversationID: unknown): string {
  if (typeof conversationID !== 'string') throw badParams();
  const ref = refOfConversation(conversationID);
  if (ref === undefined) throw timError(2503, `Not a conversationID: ${conversationID}`);
  return ref;
}

function pageSize(count: number | undefined): number {
  return Math.max(1, Math.min(PAGE_MAX, Math.floor(Number(count ?? PAGE)) || PAGE));
}

/** Pages on until enough messages that TIM shows are there: entries it hides do not count. */
async function stretch(context: Context, start: ListOptions, count: number): Promise<Stretch> {
  const older = start.direction !== 'newer';
  let found: ClientMessage[] = [];
  let options = start;
  for (;;) {
    const page = await read(context, { ...options, limit: count });
    const fitting = page.messages.filter((message) => message.content.type !== 'command');
    found = older ? [...fitting, ...found] : [...found, ...fitting];
    if (found.length >= count || !page.more || page.edge === undefined) {
      const kept = older ? found.slice(-count) : found.slice(0, count);
      return { messages: kept, more: page.more || kept.length < found.length, edge: page.edge };
    }
    options = { ref: start.ref, direction: older ? 'older' : 'newer', seq: page.edge };
  }
} // prettier-ignore

async function read(context: Context, options: ListOptions): Promise<Stretch> {
  try {
    return await context.client().messages.list(options);
  } catch (thrown) {
    // Nothing was ever said there: an empty history, as the vendor answers.
    if (hasCode(thrown, 'CONVERSATION_NOT_FOUND')) return { messages: [], more: false, edge: undefined };
    throw thrown;
  }
} // prettier-ignore

/** Where to go on after the message the last page ended with; undefined: there is nothing before it. */
async function startAfter(context: Context, ref: string, id: string): Promise<ListOptions | undefined> {
  const seq = context.table.get(id)?.core?.seq ?? (await seqOfForgotten(context, ref, id));
  if (typeof seq === 'number') return seq <= 1 ? undefined : { ref, seq: seq - 1 };
  return seq;
}

/** The time in an ID says about where it stands: it was made before it was sent, seldom long before. */
async function seqOfForgotten(context: Context, ref: string, id: string): Promise<number | ListOptions> {
  const parsed = parseMessageId(id);
  if (!parsed) throw badParams();
  const time = parsed.stamp.clientTime * 1000;
  const { messages } = await read(context, { ref, time: time + 60_000, limit: 100 });
  return messages.find((message) => idOf(message) === id)?.seq ?? { ref, time: time - 1 };
}

export function historyApi(context: Context) {
  const { table } = context;

  async function list({ conversationID, nextReqMessageID, count }: GetMessageListOptions): Promise<{ messageList: Message[]; nextReqMessageID: string; isCompleted: boolean }> {
    const ref = conversationRef(conversationID);
    const from = nextReqMessageID === undefined || nextReqMessageID === '' ? { ref } : await startAfter(context, ref, nextReqMessageID);
    if (!from) return { messageList: [], nextReqMessageID: '', isCompleted: true };
    const { messages, more } = await scoped(ref.startsWith('g:') ? 'group' : 'c2c', stretch(context, from, pageSize(count)));
    const messageList = table.adoptAll(messages);
    return { messageList, nextReqMessageID: more ? (messageList[0]?.ID ?? '') : '', isCompleted: !more };
  } // prettier-ignore

  async function hop(options: HoppingOptions) {
    const ref = conversationRef(options.conversationID);
    const newer = options.direction === 1;
    const bySeq = options.sequence !== undefined && options.sequence > 0;
    const time = options.time === undefined ? undefined : options.time * 1000 + (newer ? 0 : 999);
    const start: ListOptions = { ref, direction: newer ? 'newer' : 'older', ...(bySeq ? { seq: Number(options.sequence) } : time === undefined ? {} : { time }) };
    const { messages, more, edge } = await scoped(ref.startsWith('g:') ? 'group' : 'c2c', stretch(context, start, pageSize(options.count)));
    const messageList = table.adoptAll(messages);
    const outer = newer ? messages.at(-1) : messages[0];
    const next = more ? { nextMessageSeq: edge ?? outer?.seq ?? 0, nextMessageTime: outer ? seconds(outer.time) : 0 } : {};
    return { messageList, isCompleted: !more, ...next };
  } // prettier-ignore

  return {
    getMessageList: guarded(context, 'getMessageList', list),
    getMessageListHopping: guarded(context, 'getMessageListHopping', hop),
  };
}
