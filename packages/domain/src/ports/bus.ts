/** Hints between nodes. May lose: whatever must not be lost is in a stream that heals. */
export interface Bus {
  /** Subjects are dot-separated; a subject carries the app id. Data is JSON text. */
  publish(subject: string, data: string): void;
  /** `*` stands for one token, a final `>` for the rest. Returns the unsubscribe. */
  subscribe(pattern: string, handler: (data: string, subject: string) => void): () => void;
  close(): Promise<void>;
}
