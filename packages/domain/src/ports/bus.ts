/** Hints between nodes. May lose: whatever must not be lost is in a stream that heals. */
export interface Bus {
  /** Subjects are dot-separated. Data is JSON text. Subscribers in this process hear it in the caller's turn, others later. */
  publish(subject: string, data: string): void;
  /** `*` stands for one token, a final `>` for the rest. Returns the unsubscribe. */
  subscribe(pattern: string, handler: (data: string, subject: string) => void): () => void;
  /** Other nodes may listen. False: what is meant for others only need not be published. */
  readonly shared: boolean;
  /** Hears `false` when the way to the others is lost, and `true` when it is back: in between, anything may have been missed. */
  onStatus(listener: (up: boolean) => void): () => void;
  close(): Promise<void>;
}
