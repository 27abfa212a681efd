import { figure, type Goal, type Outcome } from './report.ts';

export interface Sides<T> {
  /** One run of what we stand beside. */
  readonly peer: () => Promise<T>;
  readonly ours: () => Promise<T>;
}

export interface Chain<T> {
  /** One more than `ours`: before, between and after. */
  readonly peer: readonly T[];
  readonly ours: readonly T[];
}

/** Peer, ours, peer, ours, … , peer: each of ours stands between two of the peer, so that what drifts on the machine shows in both. */
export async function runChain<T>(runs: number, sides: Sides<T>): Promise<Chain<T>> {
  const peer = [await sides.peer()];
  const ours: T[] = [];
  for (let i = 0; i < runs; i++) {
    ours.push(await sides.ours());
    peer.push(await sides.peer());
  }
  return { peer, ours };
}

/** The median of the ratios of ours to the mean of the two runs around it. */
export function judge<T>(goal: Goal, chain: Chain<T>, unit: string, of: (one: T) => number): Outcome {
  const peer = chain.peer.map(of);
  const ours = chain.ours.map(of);
  const ratios = ours.map((value, i) => value / ((peer[i]! + peer[i + 1]!) / 2));
  const words = (values: readonly number[]) => `${figure(median(values))} ${unit}`;
  return { ...goal, ratios, ratio: median(ratios), ours: words(ours), beside: words(peer) };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
