import type { Targets } from './calls.ts';

/** For each user of `count`, the places of those it writes to. */
export function targetsOf(targets: Targets, count: number): readonly (readonly number[])[] {
  return Array.from({ length: count }, (_, me) => {
    if (targets.kind === 'group') return [];
    if (targets.kind === 'pairs') return (me ^ 1) < count ? [me ^ 1] : [];
    const { size, distance } = targets;
    const first = me - (me % size);
    const last = Math.min(first + size, count) - 1;
    const near: number[] = [];
    for (let other = Math.max(first, me - distance); other <= Math.min(last, me + distance); other++)
      if (other !== me) near.push(other);
    return near;
  });
}
