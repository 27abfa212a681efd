import { MagpieError, SETTINGS, type AuditEntry } from '@magpie/protocol';
import type { HandlersOf } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import type { AuditRow } from '../ports/rows-upkeep.ts';

const EVER = Number.MAX_SAFE_INTEGER;

export function auditHandlers({ store }: Pick<Deps, 'store'>): HandlersOf<'audit'> {
  return {
    'audit.list': async (_ctx, input) => {
      const { app = '', user, operation, from = 0, to = EVER, cursor, limit = 100 } = input;
      const rows = await store.upkeep.audit(app, {
        from,
        to,
        limit: limit + 1,
        ...(user === undefined ? {} : { user }),
        ...(operation === undefined ? {} : { operation }),
        ...(cursor === undefined ? {} : { before: parse(cursor) }),
      });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const next = last && rows.length > limit ? { next: `${last.at}.${last.id}` } : {};
      return { entries: page.map(entryOf), ...next };
    },
  };
}

function entryOf(row: AuditRow): AuditEntry {
  const { id, at, by, operation } = row;
  return {
    id,
    at,
    by,
    operation,
    ...(row.address === null ? {} : { address: row.address }),
    ...(row.user === null ? {} : { user: row.user }),
    ...(row.target === null ? {} : { target: row.target }),
    ...(row.outcome === null ? {} : { outcome: row.outcome }),
    input: JSON.parse(row.input) as Record<string, unknown>,
  };
}

function parse(cursor: string): { at: number; id: string } {
  const match = /^(\d{1,16})\.([0-9A-Za-z]{1,64})$/.exec(cursor);
  if (!match?.[2]) throw new MagpieError('BAD_REQUEST', { field: 'cursor', message: 'That is not a cursor of this list.' }); // prettier-ignore
  return { at: Number(match[1]), id: match[2] };
}

/** Acts of one app removed by one unit; apps of one unit. */
const BATCH = 1_000;
const APPS = 50;
/** What is left after so many rounds waits for the next time. */
const ROUNDS = 20;

/** Removes acts that are older than their app keeps them; those of no app are kept as long as the default says. */
export async function pruneAudit({
  store,
  apps,
  clock,
}: Pick<Deps, 'store' | 'apps' | 'clock'>): Promise<void> {
  const kept = [{ app: '', keep: SETTINGS['audit.keep'].default as number }, ...apps.all().map(({ id, settings }) => ({ app: id, keep: settings['audit.keep'] }))]; // prettier-ignore
  for (let i = 0; i < kept.length; i += APPS) {
    let some = kept.slice(i, i + APPS);
    for (let round = 0; some.length > 0 && round < ROUNDS; round++) {
      const ops = some.map(({ app, keep }) => ({ op: 'audit.prune', app, before: clock.now() - keep, max: BATCH }) as const); // prettier-ignore
      const results = await store.commit(ops);
      some = some.filter((_, index) => results[index]?.more);
    }
  }
}
