import type { SettingName } from '@magpie/protocol';
import type { AppContext } from '../core/context.ts';
import { eventText } from '../delivery/delivery.ts';
import type { Deps } from '../deps.ts';
import type { AgedRow } from '../ports/rows-upkeep.ts';
import type { WriteOp } from '../ports/writes.ts';
import type { TimerOutcome } from '../timer/timers.ts';
import { collectRemoved } from './files.ts';
import { appFor, isOver, pause, SPELL } from './pace.ts';

/** Entries of one unit; receipts and the like of one unit; conversations of one look. */
const ENTRIES = 200;
const ROWS = 1_000;
const PLACES = 100;

/** Between two passes over an app, and between two spells of one pass. */
const EVERY = 600_000;
const SOON = 1_000;
/** Nothing that comes is older than this. */
const LATEST = 3_600_000;

const KINDS = ['direct', 'group', 'room'] as const;

/** Whether a change of settings is one of retention: then the app's timer is put, due at once. */
export function touchesRetention(settings: Readonly<Record<string, unknown>> | undefined): boolean {
  return Object.keys(settings ?? {}).some((name) => name.startsWith('retention.'));
}

export function retentionTimer(deps: Pick<Deps, 'timers' | 'clock'>, app: string): WriteOp {
  return deps.timers.putOp({ id: `retention ${app}`, app, kind: 'retention', dueAt: deps.clock.now(), payload: '' }); // prettier-ignore
}

const kept = ({ settings }: AppContext, kind: (typeof KINDS)[number]): number => settings[`retention.${kind}` satisfies SettingName]; // prettier-ignore
const keepsLess = (app: AppContext): boolean => KINDS.some((kind) => kept(app, kind) > 0);

/** One timer for each app that keeps something not for ever: whoever holds it works, in short spells. */
export function serveRetention(deps: Deps): void {
  deps.timers.register('retention', async ({ id, app: appId }): Promise<TimerOutcome | undefined> => {
    const app = await appFor(deps, appId, keepsLess);
    if (!app) return undefined;
    const until = deps.clock.now() + SPELL;
    let finished = true;
    for (const kind of KINDS) {
      const keep = kept(app, kind);
      if (keep === 0) continue;
      finished = await purgeKind(deps, app, kind, keep, until);
      if (!finished) break;
    }
    await collectRemoved(deps, until);
    if (!keepsLess(app)) return undefined;
    const dueAt = deps.clock.now() + (finished ? EVERY : SOON);
    return {
      ops: [deps.timers.putOp({ id, app: appId, kind: 'retention', dueAt, payload: '' })],
      after: () => deps.timers.noted(dueAt),
    };
  });
}

/** False: time is up before all is done. */
async function purgeKind(
  deps: Deps,
  app: AppContext,
  kind: (typeof KINDS)[number],
  keep: number,
  until: number,
): Promise<boolean> {
  const { store, clock } = deps;
  for (;;) {
    const now = clock.now();
    if (isOver(deps, until)) return false;
    const before = now - keep;
    const rows = await store.upkeep.aged(app.id, kind, before, PLACES);
    if (rows.length === 0) return true;
    const places: { conv: number; oldestAt: number }[] = [];
    for (const row of rows) {
      const end = await lastBefore(deps, row, before);
      if (end > row.purgedSeq && !(await purgeTo(deps, row, end, until))) return false;
      const oldest = await store.upkeep.oldest(row.num, Math.max(end, row.purgedSeq));
      places.push({ conv: row.num, oldestAt: oldest ?? Math.max(row.lastTime, now - LATEST) });
    }
    await store.commit([{ op: 'purge.looked', places }]);
    await pause(deps);
  }
}

/** The newest seq whose time is before a time. */
async function lastBefore({ store }: Deps, row: AgedRow, before: number): Promise<number> {
  const first = await store.messages.seqAtTime(row.num, before);
  return first === undefined ? row.lastSeq : first - 1;
}

/** Takes the entries up to a seq away, some at a time; the last unit tells of it. */
async function purgeTo(deps: Deps, row: AgedRow, end: number, until: number): Promise<boolean> {
  const { store, clock } = deps;
  const { app, num: conv, key } = row;
  for (let from = row.purgedSeq; from < end;) {
    if (isOver(deps, until)) return false;
    const upTo = Math.min(from + ENTRIES, end);
    if (!(await trim(deps, conv, upTo, until))) return false;
    const purge = { op: 'purge.entries', app, conv, upTo } as const;
    if (upTo < end) await store.commit([purge]);
    else {
      const payload = JSON.stringify({ upTo });
      const [, change] = await store.commit([purge, { op: 'change', app, conv, event: 'message.purged', payload, at: clock.now() }]); // prettier-ignore
      await deps.delivery.toConversation({ app, num: conv, key }, eventText('message.purged', change.payload, key, change.changeSeq)); // prettier-ignore
    }
    from = upTo;
    await pause(deps);
  }
  return true;
}

async function trim(deps: Deps, conv: number, upTo: number, until: number): Promise<boolean> {
  for (;;) {
    const [{ more }] = await deps.store.commit([{ op: 'purge.trim', conv, upTo, max: ROWS }]);
    if (!more) return true;
    if (isOver(deps, until)) return false;
    await pause(deps);
  }
}
