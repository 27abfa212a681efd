import type { Presence } from '@magpie/protocol';
import type { Clock } from '../ports/platform.ts';
import type { PresenceRow } from '../ports/rows.ts';
import type { Store } from '../ports/store.ts';
import type { Standing } from './here.ts';

interface Deps {
  readonly store: Pick<Store, 'presences' | 'users'>;
  readonly clock: Clock;
}

/** Puts together what is known of users from memory and what is in the store: three reads however many they are. */
export async function readPresences(
  { store, clock }: Deps,
  app: string,
  users: readonly string[],
  /** Asked again after the reads: what is in memory is newer. */
  standing: (user: string) => Standing | undefined,
): Promise<Map<string, Presence>> {
  const absent = users.filter((user) => !standing(user));
  const [rows, seen] = await Promise.all([
    store.presences.many(app, users),
    absent.length === 0 ? [] : store.presences.lastSeen(app, absent),
  ]);
  const rowOf = new Map(rows.map((row) => [row.user, row]));
  const seenAt = new Map(seen.map((one) => [one.user, one.seenAt]));
  const now = clock.now();
  return new Map(
    users.map((user) => {
      const row = rowOf.get(user);
      return [user, presenceOf(user, standing(user) ?? absence(row, seenAt.get(user) ?? 0), row, now)];
    }),
  );
}

/** How one looks to those one has blocked. */
export function unseen(userId: string): Presence {
  return { userId, state: 'loggedOut', at: 0, devices: [] };
}

/** Heard of after the last going that was written: the server died while the user was there. */
function absence(row: PresenceRow | undefined, seenAt: number): Standing {
  if (seenAt > (row?.at ?? 0)) return { state: 'dropped', at: seenAt, devices: [] };
  return { state: row?.state ?? 'loggedOut', at: row?.at ?? 0, devices: [] };
}

function presenceOf(userId: string, standing: Standing, row: PresenceRow | undefined, now: number): Presence {
  const bare: Presence = { userId, state: standing.state, at: standing.at, devices: [...standing.devices] };
  if (!row || row.custom === null) return bare;
  // Its timer may be late.
  if (row.customUntil !== null && row.customUntil <= now) return bare;
  return {
    ...bare,
    custom: row.custom,
    ...(row.customAt === null ? {} : { customAt: row.customAt }),
    ...(row.customUntil === null ? {} : { customUntil: row.customUntil }),
  };
}
