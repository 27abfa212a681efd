import { keyOf, MagpieError, type EventPayload, type Notify } from '@magpie/protocol';
import type { Ctx, HandlersOf } from '../core/context.ts';
import { eventText } from '../delivery/delivery.ts';
import { deliverLog, logOp } from '../delivery/user-log.ts';
import type { Deps } from '../deps.ts';
import type { ParticipantSet, WriteOp } from '../ports/writes.ts';
import type { ConversationForUser } from '../ports/store.ts';
import type { Place, Sight } from './resolve.ts';
import { snapshots } from './snapshot.ts';

type Updated = EventPayload<'conversation.updated'>;

export function conversationHandlers(deps: Deps): HandlersOf<'conversation'> {
  const { store, clock } = deps;

  return {
    'conversation.list': async (ctx, input) => {
      if (input.refs) {
        const found = await Promise.all(
          [...new Set(input.refs)].map((ref) => deps.conversations.find(ctx, ref)),
        );
        return snapshots(deps, ctx.app, ctx.userId, found.filter((sight) => sight !== undefined)); // prettier-ignore
      }
      const after = input.cursor === undefined ? undefined : parseCursor(input.cursor);
      const rows = await store.conversations.ofUser(ctx.app.id, ctx.userId, { limit: input.limit + 1, ...(after ? { after } : {}) }); // prettier-ignore
      const page = rows.slice(0, input.limit);
      const last = page.at(-1);
      const out = await snapshots(deps, ctx.app, ctx.userId, page);
      return last && rows.length > page.length ? { ...out, next: cursorOf(last) } : out;
    },

    'conversation.read': async (ctx, input) => {
      const sight = await deps.conversations.require(ctx, input.ref);
      const { participant: before, place } = sight;
      const upTo = Math.min(input.upTo ?? sight.hi, sight.hi);
      const set: ParticipantSet = {
        ...(input.read !== false && upTo > before.readSeq ? { readSeq: upTo } : {}),
        ...(input.report && upTo > before.reportedSeq ? { reportedSeq: upTo, reportedAt: clock.now() } : {}),
      };
      const row = Object.keys(set).length > 0 ? await commitRead(deps, ctx, place, set) : before;
      const [unread] = await store.conversations.unread([row]);
      return { readSeq: row.readSeq, reportedSeq: row.reportedSeq, unread: unread ?? 0 };
    },

    'conversation.pin': async (ctx, input) => {
      const place = await placeFor(deps, ctx, input.ref);
      const pinned = await countPinned(deps, ctx);
      if (input.on && pinned >= ctx.app.settings['limits.conversations.pinned']) throw new MagpieError('QUOTA_EXCEEDED', { message: `At most ${ctx.app.settings['limits.conversations.pinned']} conversations can be pinned.` }); // prettier-ignore
      const pinnedAt = input.on ? clock.now() : null;
      await commitOwn(deps, ctx, place, { pinnedAt }, { change: 'pinned', pinnedAt });
      return {};
    },

    'conversation.mute': async (ctx, input) => {
      const place = await placeFor(deps, ctx, input.ref);
      const notify: Notify = input.notify;
      await commitOwn(
        deps,
        ctx,
        place,
        { notifyLevel: notify.level, discard: notify.discard === true },
        { change: 'muted', notify },
      );
      return {};
    },

    'conversation.delete': async (ctx, input) => {
      const sight = await deps.conversations.require(ctx, input.ref);
      const seq = sight.hi;
      const cleared = input.clearHistory ? { clearedSeq: seq, readSeq: seq } : {};
      await commitOwn(deps, ctx, sight.place, { hiddenSeq: seq, pinnedAt: null, ...cleared }, { change: 'deleted', hiddenSeq: seq, pinnedAt: null, ...cleared }); // prettier-ignore
      return {};
    },
  };
}

/** The user's own row and their log, in one unit; then to all their devices. */
async function commitOwn(
  deps: Deps,
  ctx: Ctx,
  place: Place,
  set: ParticipantSet,
  payload: Omit<Updated, 'conv' | 'by'>,
): Promise<void> {
  const at = deps.clock.now();
  const log = logOp(
    ctx.app.id,
    ctx.userId,
    'conversation.updated',
    updated(ctx, place, payload),
    at,
    place.key,
  );
  const [, logged] = await deps.store.commit([{ op: 'participant.put', conv: place.num, app: ctx.app.id, user: ctx.userId, set, at }, log]); // prettier-ignore
  deliverLog(deps, log, logged.userSeq);
}

function updated(ctx: Ctx, place: Place, payload: Omit<Updated, 'conv' | 'by'>): Updated {
  return { conv: place.key, ...payload, ...(ctx.session ? { by: ctx.session.instance } : {}) };
}

/** Two facts (core-model A5): `readSeq` is the user's own; `reportedSeq` is told to a direct peer through the changes stream. */
async function commitRead(
  deps: Deps,
  ctx: Ctx,
  place: Place,
  set: ParticipantSet,
): Promise<ConversationForUser['participant']> {
  const at = deps.clock.now();
  const readSeq = typeof set.readSeq === 'number' ? { readSeq: set.readSeq } : {};
  const reported = typeof set.reportedSeq === 'number' ? set.reportedSeq : undefined;
  const payload = { change: set.readSeq === undefined ? ('reported' as const) : ('read' as const), ...readSeq, ...(reported === undefined ? {} : { reportedSeq: reported }) }; // prettier-ignore
  const log = logOp(
    ctx.app.id,
    ctx.userId,
    'conversation.updated',
    updated(ctx, place, payload),
    at,
    place.key,
  );
  const put = { op: 'participant.put', conv: place.num, app: ctx.app.id, user: ctx.userId, set, at } as const;
  const tell = reported !== undefined && place.kind === 'direct';
  const change: WriteOp[] = tell ? [{ op: 'change', app: ctx.app.id, conv: place.num, event: 'receipt.changed', payload: JSON.stringify({ by: ctx.userId, at, upTo: reported }), at }] : []; // prettier-ignore
  const [row, logged, changed] = (await deps.store.commit([put, log, ...change])) as unknown as [{ row: ConversationForUser['participant'] }, { userSeq: number }, { changeSeq: number; payload: string } | undefined]; // prettier-ignore
  deliverLog(deps, log, logged.userSeq);
  if (changed)
    await deps.delivery.toConversation(
      place,
      eventText('receipt.changed', changed.payload, place.key, changed.changeSeq),
    );
  return row.row;
}

/** For settings of a conversation that may not have begun: a direct one is made. */
async function placeFor(deps: Deps, ctx: Ctx, ref: string): Promise<Place> {
  if (ref.startsWith('u:')) return deps.conversations.direct(ctx.app.id, ctx.userId, keyOf(ref, ctx.userId));
  const sight: Sight = await deps.conversations.require(ctx, ref);
  return sight.place;
}

async function countPinned(deps: Deps, ctx: Ctx): Promise<number> {
  const max = ctx.app.settings['limits.conversations.pinned'];
  const rows = await deps.store.conversations.ofUser(ctx.app.id, ctx.userId, { limit: max });
  return rows.filter(({ participant }) => participant.pinnedAt !== null).length;
}

function cursorOf({ conversation, participant }: ConversationForUser): string {
  return `${participant.pinnedAt ?? 0}.${conversation.activeAt}.${conversation.num}`;
}

function parseCursor(cursor: string): { pinnedAt: number; activeAt: number; num: number } {
  const match = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/.exec(cursor);
  if (!match)
    throw new MagpieError('BAD_REQUEST', { field: 'cursor', message: 'That is not a cursor of this list.' });
  return { pinnedAt: Number(match[1]), activeAt: Number(match[2]), num: Number(match[3]) };
}
