import type { Clock } from '../ports/platform.ts';

/** Another node, as seen from this one. */
export interface Peer {
  readonly name: string;
  heardAt: number;
  /** Frames sent to it, and the number of the last one that came from it. */
  sent: number;
  got: number;
  /** Notes for its next frame, as JSON, and their length. */
  waiting: string[];
  size: number;
  /** How often it may have not known what it was told, since it last was known to. */
  doubts: number;
}

/** Nobody was heard for so long: perhaps this node is what is cut off. */
const QUIET = 2_500;

/** The other nodes that are known. */
export class Peers {
  names: readonly string[] = [];
  private readonly map = new Map<string, Peer>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get size(): number {
    return this.map.size;
  }

  all(): Iterable<Peer> {
    return this.map.values();
  }

  get(name: string): Peer | undefined {
    return this.map.get(name);
  }

  add(name: string): Peer {
    const peer: Peer = { name, heardAt: this.clock.now(), sent: 0, got: 0, waiting: [], size: 0, doubts: 0 };
    this.map.set(name, peer);
    this.names = [...this.map.keys()];
    return peer;
  }

  remove(name: string): boolean {
    const known = this.map.delete(name);
    this.names = [...this.map.keys()];
    return known;
  }

  /** Some other was not heard of for longer than it should be silent. */
  get quiet(): boolean {
    if (this.map.size === 0) return false;
    for (const peer of this.map.values()) if (this.isQuiet(peer)) return true;
    return false;
  }

  /** This one was not. */
  isQuiet({ heardAt }: Peer): boolean {
    return heardAt < this.clock.now() - QUIET;
  }

  silentFor(time: number): readonly string[] {
    const since = this.clock.now() - time;
    return this.names.filter((name) => (this.map.get(name)?.heardAt ?? 0) < since);
  }

  /** Gives all of them another chance to be heard. */
  excuse(): void {
    const now = this.clock.now();
    for (const peer of this.map.values()) peer.heardAt = now;
  }
}
