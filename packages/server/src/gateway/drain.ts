/** A connection, as far as handing it over goes. */
interface Leaver {
  askToReconnect(after: number): void;
  leave(): void;
}

/** Clients a second that the other nodes, or this one when it is back, are to take in. */
const PER_SECOND = 500;
/** Of the time there is, what is left for answers under way after the last client was due to go. */
const SHARE = 0.75;
/** A client that was told to go at a time is given this much for the closing to get here. */
const GRACE = 200;
const LOOK = 20;

/** When each of `count` clients is to connect again, in ms: evenly over the spread, and not all who are told the same at once. */
export function delaysFor(count: number, within: number, random: () => number = Math.random): number[] {
  const spread = Math.min((count / PER_SECOND) * 1000, within * SHARE);
  return Array.from({ length: count }, (_, i) => Math.round(((i + random()) / count) * spread));
}

/** Asks all to go, waits for them, and makes those go who have not. Ends when nobody is left, or after `within` ms. */
export async function handOver(connections: () => Iterable<Leaver>, within: number): Promise<void> {
  const until = performance.now() + within;
  const all = [...connections()];
  const delays = delaysFor(all.length, within);
  all.forEach((connection, i) => connection.askToReconnect(delays[i] ?? 0));
  await gone(connections, Math.min(until, performance.now() + (delays.at(-1) ?? 0) + GRACE));
  for (const connection of connections()) connection.leave();
  await gone(connections, until);
}

/** Resolves when there are none any more, or at a time. */
async function gone(connections: () => Iterable<Leaver>, until: number): Promise<void> {
  const some = () => connections()[Symbol.iterator]().next().done !== true;
  while (some() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, LOOK));
}
