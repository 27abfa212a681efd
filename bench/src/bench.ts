import type { Options } from './options.ts';
import { startPool, type Pool } from './driver/pool.ts';
import type { ConnectResult } from './driver/calls.ts';
import { fileLimit } from './measure/proc.ts';
import type { Peer } from './peers/peer.ts';
import { startMagpie, type MagpieOptions, type MagpiePeer } from './peers/magpie.ts';
import type { Outcome } from './report.ts';

/** What measurements of one command share. */
export interface Bench extends Options {
  /** What the slower of the two took in the direct scenario, once that was measured. */
  saturation: number | undefined;
}

/** Something that is measured; answers the goals it judged, none if it only prints figures. */
export type Measurement = (bench: Bench) => Promise<readonly Outcome[]>;

/** Starts a server, runs, and ends it and the drivers whatever happens. */
export async function withPeer<P extends Peer, T>(
  start: () => Promise<P>,
  drivers: number,
  run: (peer: P, pool: Pool) => Promise<T>,
): Promise<T> {
  const peer = await start();
  const pool = startPool(drivers);
  try {
    return await run(peer, pool);
  } finally {
    await pool.close();
    await peer.stop();
  }
}

export const ours =
  ({ program, profile }: Options, options: MagpieOptions = {}) =>
  (): Promise<MagpiePeer> =>
    startMagpie({ program, profile, ...options });

/** `u0` … */
export function names(count: number, prefix = 'u'): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}

const AT_ONCE = 50;

/** Signs users in, spread over these drivers (all, unless named) in stretches of whole pairs. */
export async function connectAll(
  { address }: Peer,
  pool: Pool,
  users: readonly string[],
  places: readonly number[] = pool.drivers.map((_, place) => place),
): Promise<ConnectResult[]> {
  const limit = fileLimit();
  if (users.length > limit - 100)
    throw new Error(
      `${users.length} connections need as many open files; the limit is ${limit} (ulimit -Hn)`,
    );
  const share = 2 * Math.ceil(users.length / places.length / 2);
  const connected = places.map((place, i) => {
    const own = users.slice(i * share, (i + 1) * share);
    const input = { address, users: own, atOnce: AT_ONCE, from: localAddress(place) };
    return pool.drivers[place]!.call('connect', input);
  });
  return Promise.all(connected);
}

/** A loopback address of its own for each driver: servers bound the connections of one address, and ports are 16 bits. */
export function localAddress(place: number): string {
  return `127.0.1.${place + 1}`;
}
