import { kindOf, refOf, type Conversation, type Input, type Message, type Output } from '@magpie/protocol';
import { isHole } from '../core/entry-class.ts';
import type { ClientOptions } from '../types.ts';

type List = (input: Input<'message.list'>) => Promise<Output<'message.list'>>;

const PAGE = 100;
const AT_ONCE = 8;

/** Messages of the conversations that moved after `since`, newest N of each kind, oldest first. */
export async function readBacklog(
  rows: readonly Conversation[],
  since: number,
  wanted: NonNullable<ClientOptions['backlog']>,
  me: string,
  list: List,
): Promise<readonly Message[]> {
  const found: Message[] = [];
  for (const kind of ['direct', 'group'] as const) {
    const most = wanted[kind];
    const moved = rows.filter(
      (row) =>
        kindOf(row.conv) === kind && (row.heads.entry?.time ?? row.activeAt) > since && row.lastSeq > 0,
    );
    const messages: Message[] = [];
    for (let i = 0; most > 0 && i < moved.length; i += AT_ONCE) {
      const some = await Promise.all(
        moved.slice(i, i + AT_ONCE).map((row) => newest(row, since, most, me, list)),
      );
      messages.push(...some.flat());
    }
    messages.sort((a, b) => a.time - b.time || (a.seq ?? 0) - (b.seq ?? 0));
    found.push(...messages.slice(-most));
  }
  return found.sort((a, b) => a.time - b.time || (a.seq ?? 0) - (b.seq ?? 0));
}

async function newest(
  row: Conversation,
  since: number,
  most: number,
  me: string,
  list: List,
): Promise<Message[]> {
  let messages: Message[] = [];
  let edge: number | undefined = row.lastSeq;
  while (edge !== undefined && edge > 0 && messages.length < most) {
    const page: Output<'message.list'> = await list({
      ref: refOf(row.conv, me),
      seq: edge,
      direction: 'older',
      limit: Math.min(PAGE, most),
    });
    const fresh = page.entries.filter((entry): entry is Message => !isHole(entry) && entry.time > since);
    messages = [...fresh, ...messages];
    const oldest = page.entries.find((entry): entry is Message => !isHole(entry));
    const done = !page.more || page.covered === undefined || (oldest !== undefined && oldest.time <= since);
    edge = done ? undefined : (page.covered?.[0] ?? 1) - 1;
  }
  return messages.slice(-most);
}
