import { randomBytes } from 'node:crypto';

/** Publishers remembered, one per process that spoke; the one that was silent longest is forgotten first. */
const KNOWN = 1_000;

/**
 * Which connection of a publisher something came over. What was written into one that is given up may still arrive, long after: the
 * kernel goes on trying. Whoever heard of the next one must not be told then what was so before.
 */
export class Generations {
  private readonly me = randomBytes(6).toString('hex');
  private mine = 1;
  private readonly known = new Map<string, number>();
  /** Travels with everything published, as the subject to reply to. */
  tag = `${this.me}.${this.mine}`;

  /** A new connection stands. */
  next(): void {
    this.tag = `${this.me}.${++this.mine}`;
  }

  /** Whether nothing newer of its publisher was heard. */
  isCurrent(tag: string): boolean {
    const dot = tag.lastIndexOf('.');
    const [who, generation] = [tag.slice(0, dot), Number(tag.slice(dot + 1))];
    const last = this.known.get(who);
    if (last === generation) return true;
    if (last !== undefined && generation < last) return false;
    this.known.delete(who);
    this.known.set(who, generation);
    if (this.known.size > KNOWN) for (const oldest of this.known.keys()) return this.known.delete(oldest);
    return true;
  }
}
