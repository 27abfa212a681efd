import { LIMITS, MagpieError, type Output } from '@magpie/protocol';
import type { HandlersOf } from '../core/context.ts';
import { snapshots } from '../conversation/snapshot.ts';
import type { Deps } from '../deps.ts';
import type { LogRow } from '../ports/rows.ts';

/** Clocks of nodes differ and commits take time: a client looks this far back, and drops what it has by number. */
const OVERLAP = 10_000;

type Page = Output<'sync.since'>;

export function syncHandlers(deps: Deps): HandlersOf<'sync'> {
  const { store, clock, accounts } = deps;

  return {
    /** The log first, page by page; then the conversations that moved. The cursor says where it stands. */
    'sync.since': async (ctx, input) => {
      const cursor =
        input.cursor === undefined
          ? { at: clock.now(), userSeq: input.position.userSeq, num: 0 }
          : parse(input.cursor);
      const limit = LIMITS.page.log;
      const log = await store.users.log(ctx.app.id, ctx.userId, cursor.userSeq, limit);
      const { userSeq: end } = await accounts.fresh(ctx.app.id, ctx.userId);
      if (cursor.userSeq + 1 < log.from || input.position.userSeq > end) return refetch(end, cursor.at);
      const userSeq = log.rows.at(-1)?.userSeq ?? cursor.userSeq;
      const events = log.rows.map(wireLog);
      if (log.rows.length === limit) return { log: events, conversations: [], people: {}, next: text({ ...cursor, userSeq }), position: { userSeq, at: input.position.at } }; // prettier-ignore
      const rows = await store.conversations.changedSince(ctx.app.id, ctx.userId, Math.max(0, input.position.at - OVERLAP), { afterNum: cursor.num, limit: LIMITS.page.conversations }); // prettier-ignore
      const { conversations, people } = await snapshots(deps, ctx.app, ctx.userId, rows);
      const last = rows.at(-1);
      const more = last && rows.length === LIMITS.page.conversations;
      return {
        log: events,
        conversations,
        people,
        ...(more ? { next: text({ at: cursor.at, userSeq, num: last.conversation.num }) } : {}),
        position: { userSeq, at: more ? input.position.at : cursor.at },
      };
    },

    'sync.ack': async (ctx, input) => {
      const { session } = ctx;
      if (!session) return {};
      const now = clock.now();
      const at = Math.min(input.position.at, now);
      await store.commit([{ op: 'instance.put', app: ctx.app.id, user: ctx.userId, instance: session.instance, platform: session.platform, userSeq: input.position.userSeq, at, seenAt: now }]); // prettier-ignore
      return {};
    },
  };
}

function refetch(userSeq: number, at: number): Page {
  return { log: [], conversations: [], people: {}, position: { userSeq, at }, refetch: true };
}

export function wireLog(row: LogRow): Page['log'][number] {
  return {
    e: row.event,
    n: row.userSeq,
    d: JSON.parse(row.payload) as unknown,
    ...(row.convKey === null ? {} : { c: row.convKey }),
  };
}

interface Cursor {
  readonly at: number;
  readonly userSeq: number;
  readonly num: number;
}

function text({ at, userSeq, num }: Cursor): string {
  return `${at}.${userSeq}.${num}`;
}

function parse(cursor: string): Cursor {
  const match = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/.exec(cursor);
  if (!match)
    throw new MagpieError('BAD_REQUEST', { field: 'cursor', message: 'That is not a cursor of sync.since.' });
  return { at: Number(match[1]), userSeq: Number(match[2]), num: Number(match[3]) };
}
