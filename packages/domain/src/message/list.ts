import { MagpieError, parseMessageId, type Input } from '@magpie/protocol';
import { glanceOf, shownTo, type Glance } from '../conversation/resolve.ts';
import { RawJson, type Ctx, type Handler } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import { leaving } from '../file/sign.ts';
import { messageJson } from '../message-json.ts';
import type { PageRow } from '../ports/rows.ts';

/** Rows read at most for one page when a filter leaves most of them out. */
const MAX_SCAN = 2000;

/** `message.list`: an index range, put together as text. */
export function listHandler(deps: Deps): Handler<'message.list'> {
  return async (ctx, input) => {
    const glance = await deps.conversations.glance(ctx, input.ref);
    // A direct conversation that has not begun is an empty one; anything else unknown is not found.
    if (!glance && input.ref.startsWith('u:')) return EMPTY;
    for (let sight = glance, tries = 0; ; sight = undefined, tries++) {
      const found = sight ?? glanceOf(await deps.conversations.read(ctx, input.ref));
      const start = await startOf(deps, found, input);
      const page = await collect(deps, found, input, start);
      // The beginning of the log went meanwhile: look where it is now.
      if (page === 'moved' && tries < MOST_MOVES) continue;
      if (page === 'moved') throw new MagpieError('OVERLOADED');
      return new RawJson(await pageText(deps, ctx, found, page));
    }
  };
}

const MOST_MOVES = 5;

const EMPTY = { entries: [], more: false, lastSeq: 0, changeSeq: 0, people: {} };

async function startOf(deps: Deps, sight: Glance, input: Input<'message.list'>): Promise<number> {
  const older = input.direction === 'older';
  let seq = input.seq;
  if (seq === undefined && input.time !== undefined) {
    const at = await deps.store.messages.seqAtTime(sight.place.num, older ? input.time + 1 : input.time);
    seq = at === undefined ? sight.hi + (older ? 0 : 1) : older ? at - 1 : at;
  }
  if (seq === undefined) return older ? sight.hi : sight.lo;
  return older ? Math.min(seq, sight.hi) : Math.max(seq, sight.lo);
}

interface Page {
  readonly rows: readonly PageRow[];
  readonly covered: readonly [number, number] | undefined;
  readonly more: boolean;
}

async function collect(
  deps: Deps,
  sight: Glance,
  input: Input<'message.list'>,
  start: number,
): Promise<Page | 'moved'> {
  const older = input.direction === 'older';
  const end = older ? sight.lo : sight.hi;
  const types = input.types && new Set<string>(input.types);
  const kept: PageRow[] = [];
  let from = start;
  let scanned = 0;
  while (older ? from >= end : from <= end) {
    const limit = types ? 200 : input.limit;
    const rows = await deps.store.messages.page(sight.place.num, {
      direction: input.direction,
      from,
      to: end,
      limit,
    });
    // A log has no gaps: what is not there was there when its bounds were read.
    if (rows.length < Math.min(limit, Math.abs(end - from) + 1)) return 'moved';
    scanned += rows.length;
    const ordered = older ? [...rows].reverse() : rows;
    for (const row of ordered) {
      from = older ? row.seq - 1 : row.seq + 1;
      if (!types || types.has(row.type)) kept.push(row);
      if (kept.length === input.limit) break;
    }
    if (kept.length === input.limit || scanned >= MAX_SCAN) break;
    if (rows.length < limit) from = older ? end - 1 : end + 1;
  }
  const more = older ? from >= end : from <= end;
  const covered = (older ? start >= end : start <= end) ? (older ? ([from + 1, start] as const) : ([start, from - 1] as const)) : undefined; // prettier-ignore
  return { rows: older ? kept.reverse() : kept, covered, more };
}

async function pageText(deps: Deps, ctx: Ctx, sight: Glance, page: Page): Promise<string> {
  const { place, lastSeq, changeSeq, hasDeleted } = sight;
  const first = page.rows[0];
  const last = page.rows.at(-1);
  const deleted =
    first && last && hasDeleted
      ? new Set(await deps.store.messages.deleted(place.num, ctx.userId, first.seq, last.seq))
      : NONE;
  const senders = new Set<string>();
  const entries = page.rows.map((row) => {
    if (deleted.has(row.seq) || !shownTo(row, ctx.userId)) return `{"seq":${row.seq},"hole":true}`;
    senders.add(row.sender);
    const body = leaving(deps, ctx.app, row.body);
    return messageJson(body === row.body ? row : { ...row, body }, place.key);
  });
  const people = await deps.accounts.people(ctx.app.id, senders);
  const covered = page.covered ? `"covered":[${page.covered[0]},${page.covered[1]}],` : '';
  return `{"entries":[${entries.join(',')}],${covered}"more":${page.more},"lastSeq":${lastSeq},"changeSeq":${changeSeq},"people":${JSON.stringify(people)}}`;
}

const NONE: ReadonlySet<number> = new Set();

/** `message.get`: by id alone, wherever they are. */
export function getHandler(deps: Deps): Handler<'message.get'> {
  return async (ctx, input) => {
    const texts: string[] = [];
    const senders = new Set<string>();
    for (const id of new Set(input.ids)) {
      const found = parseMessageId(id) && (await deps.conversations.findMessage(ctx, id));
      if (!found) continue;
      senders.add(found.row.sender);
      texts.push(
        messageJson({ ...found.row, body: leaving(deps, ctx.app, found.row.body) }, found.sight.place.key),
      );
    }
    const people = await deps.accounts.people(ctx.app.id, senders);
    return new RawJson(`{"messages":[${texts.join(',')}],"people":${JSON.stringify(people)}}`);
  };
}

/** `message.changes`: the changes stream of one conversation, as its events. */
export function changesHandler(deps: Deps): Handler<'message.changes'> {
  return async (ctx, input) => {
    const sight = await deps.conversations.read(ctx, input.ref);
    const { conversation, place } = sight;
    const end = conversation.changeSeq;
    // What happened after leaving is not for those who left.
    if (sight.participant.state !== 'member') return { events: [], changeSeq: end, more: false };
    if (input.after > end || input.after < conversation.changesPruned) {
      return { events: [], changeSeq: end, more: false, refetch: true };
    }
    const rows = await deps.store.messages.changes(place.num, input.after, input.limit);
    const events = rows.map(
      (row) =>
        `{"e":"${row.event}","c":${JSON.stringify(place.key)},"n":${row.changeSeq},"d":${row.payload}}`,
    );
    const reached = rows.at(-1)?.changeSeq ?? end;
    return new RawJson(`{"events":[${events.join(',')}],"changeSeq":${reached},"more":${reached < end}}`);
  };
}
