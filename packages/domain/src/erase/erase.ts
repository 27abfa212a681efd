import { MagpieError, type Output } from '@magpie/protocol';
import { actOps } from '../audit/audit.ts';
import type { AppContext, Handler } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import type { ErasureRow } from '../ports/rows-upkeep.ts';
import type { WriteOp } from '../ports/writes.ts';
import { collectRemoved } from '../retention/files.ts';
import { appFor, isOver, pause, SPELL } from '../retention/pace.ts';
import type { TimerOutcome } from '../timer/timers.ts';
import { leaveForGood } from './groups.ts';
import { eraseLog } from './walk.ts';

const KIND = 'erase';
const PAGE = 50;
const ROWS = 500;
const SOON = 500;

/** What was taken away already; kept in the timer, so that whoever goes on begins there. */
type Standing =
  | { readonly step: 'groups' }
  /** By number, a log from `seq` on. */
  | { readonly step: 'logs'; readonly conv: number; readonly seq: number }
  /** Rooms after a key, the first of them from `seq` on: they know their people no more. */
  | { readonly step: 'rooms'; readonly key: string; readonly seq: number }
  | { readonly step: 'rest' }
  /** Once more, as what ended with the sessions may have been written since. */
  | { readonly step: 'last' };

const timerId = (app: string, user: string): string => `${KIND} ${app} ${user}`;

/** `user.erase`: the account ends in one unit, which also puts the timer that does the rest. */
export function eraseHandler(deps: Deps): Handler<'user.erase'> {
  const { store, clock, accounts, sessions, timers } = deps;
  return async (ctx, input) => {
    const { app } = ctx;
    const user = await store.users.get(app.id, input.userId);
    if (!user) throw new MagpieError('USER_NOT_FOUND', { field: 'userId' });
    const before = await store.upkeep.erasure(app.id, user.id);
    if (before) return viewOf(before);
    const at = clock.now();
    const row: ErasureRow = { app: app.id, user: user.id, messages: input.messages ?? 'redact', startedAt: at, doneAt: null, entries: 0 }; // prettier-ignore
    const { app: _, user: __, ...set } = row;
    await store.commit([
      { op: 'user.set', app: app.id, id: user.id, set: { profile: input.name ? { name: input.name } : {}, deletedAt: user.deletedAt ?? at, updatedAt: at, validFrom: at, passwordHash: null } }, // prettier-ignore
      { op: 'erasure.put', app: app.id, user: user.id, set },
      putOp(deps, row, { step: 'groups' }, at),
      ...actOps(ctx),
    ]);
    sessions.kickUser(app.id, user.id, 'accountDeleted');
    timers.noted(at);
    await accounts.changed(app.id, user.id);
    return viewOf(row);
  };
}

function viewOf(row: ErasureRow): Output<'user.erase'> {
  const { user: userId, startedAt, doneAt, entries: messages } = row;
  return doneAt === null
    ? { userId, state: 'running', startedAt, messages }
    : { userId, state: 'done', startedAt, doneAt, messages };
}

function putOp({ timers }: Deps, { app, user }: ErasureRow, standing: Standing, dueAt: number): WriteOp {
  return timers.putOp({ id: timerId(app, user), app, kind: KIND, dueAt, payload: JSON.stringify({ user, standing }) }); // prettier-ignore
}

/** Goes on with an erasure for a spell; every step can be done twice. */
export function serveErasures(deps: Deps): void {
  const { store, clock, timers } = deps;
  timers.register(KIND, async (timer): Promise<TimerOutcome | undefined> => {
    const { user, standing } = JSON.parse(timer.payload) as { user: string; standing: Standing };
    const app = await appFor(deps, timer.app);
    const row = app && (await store.upkeep.erasure(app.id, user));
    if (!row || row.doneAt !== null) return undefined;
    const work: Work = { deps, app, erasure: { row }, until: clock.now() + SPELL };
    let at: Standing = standing;
    while (at.step !== 'last' && !isOver(deps, work.until)) at = await STEPS[at.step](work, at as never);
    if (standing.step === 'last' && (await wipe(work))) {
      return { ops: [{ op: 'erasure.put', app: app.id, user, set: { startedAt: row.startedAt, doneAt: clock.now() } }] }; // prettier-ignore
    }
    const wait =
      at.step === 'last' && standing.step !== 'last' ? app.settings['presence.grace'] + SOON : SOON;
    const dueAt = clock.now() + wait;
    return {
      ops: [putOp(deps, row, at, dueAt)],
      after: () => timers.noted(dueAt),
    };
  });
}

interface Work {
  readonly deps: Deps;
  readonly app: AppContext;
  readonly erasure: { row: ErasureRow };
  readonly until: number;
}

type Step<S extends Standing['step']> = (work: Work, at: Extract<Standing, { step: S }>) => Promise<Standing>;

const STEPS: { readonly [S in Exclude<Standing['step'], 'last'>]: Step<S> } = {
  groups: async ({ deps, app, erasure, until }) => {
    const { user } = erasure.row;
    for (;;) {
      const groups = await deps.store.groups.ofUser(app.id, user, { limit: PAGE });
      if (groups.length === 0) return { step: 'logs', conv: 0, seq: 1 };
      for (const one of groups) {
        if (isOver(deps, until)) return { step: 'groups' };
        await leaveForGood(deps, app, user, one);
        await pause(deps);
      }
    }
  },

  logs: async ({ deps, app, erasure, until }, at) => {
    const { user } = erasure.row;
    const rows = await deps.store.conversations.changedSince(app.id, user, 0, { afterNum: Math.max(0, at.conv - 1), limit: PAGE }); // prettier-ignore
    if (rows.length === 0) return { step: 'rooms', key: '', seq: 1 };
    for (const { conversation } of rows) {
      const from = conversation.num === at.conv ? at.seq : 1;
      const seq = await eraseLog(deps, erasure, conversation, from, until);
      if (seq <= conversation.lastSeq) return { step: 'logs', conv: conversation.num, seq };
    }
    return { step: 'logs', conv: (rows.at(-1)?.conversation.num ?? 0) + 1, seq: 1 };
  },

  rooms: async ({ deps, app, erasure, until }, at) => {
    const rows = await deps.store.upkeep.rooms(app.id, at.key, PAGE);
    let { key } = at;
    for (const [index, room] of rows.entries()) {
      const seq = await eraseLog(deps, erasure, room, index === 0 ? at.seq : 1, until);
      if (seq <= room.lastSeq) return { step: 'rooms', key, seq };
      key = room.key;
    }
    return rows.length > 0 ? { step: 'rooms', key, seq: 1 } : { step: 'rest' };
  },

  rest: async (work) => {
    const { deps, app, erasure, until } = work;
    for (;;) {
      const [{ more }] = await deps.store.commit([{ op: 'file.disown', app: app.id, owner: erasure.row.user, max: ROWS }]); // prettier-ignore
      if (!more) break;
      if (isOver(deps, until)) return { step: 'rest' };
      await pause(deps);
    }
    if (!(await wipe(work))) return { step: 'rest' };
    await collectRemoved(deps, until);
    return { step: 'last' };
  },
};

/** False: time is up before all is gone. */
async function wipe({ deps, app, erasure, until }: Work): Promise<boolean> {
  for (;;) {
    const [{ more }] = await deps.store.commit([{ op: 'user.wipe', app: app.id, user: erasure.row.user, max: ROWS }]); // prettier-ignore
    if (!more) return true;
    if (isOver(deps, until)) return false;
    await pause(deps);
  }
}
