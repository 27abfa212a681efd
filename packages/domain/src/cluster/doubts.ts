import type { Peer } from './peers.ts';

/** Whether the one who answers had begun to serve when it was asked. */
export interface Settled {
  readonly joined: boolean;
}

export interface DoubtsNeeds {
  /** Asks a node whether it has what it was told so far; undefined if it does not say in time. */
  readonly ask: (peer: Peer) => Promise<Settled | undefined>;
  /** Still the same node, and not gone. */
  readonly knows: (peer: Peer) => boolean;
  readonly missed: () => void;
}

/**
 * Nodes that may not know yet what they were told, as who is here, and leave those out meanwhile: when such a node does know, those
 * here ask for what they missed.
 */
export class Doubts {
  private readonly needs: DoubtsNeeds;

  constructor(needs: DoubtsNeeds) {
    this.needs = needs;
  }

  raise(peer: Peer): void {
    if (++peer.doubts === 1) void this.resolve(peer);
  }

  private async resolve(peer: Peer): Promise<void> {
    for (;;) {
      const { doubts } = peer;
      const answer = await this.needs.ask(peer);
      // If it is gone, that was told.
      if (!this.needs.knows(peer)) return;
      if (!answer || doubts !== peer.doubts) continue;
      peer.doubts = 0;
      // Who has not joined yet has done nothing that others could have missed.
      if (answer.joined) this.needs.missed();
      return;
    }
  }
}
