/** What only the process around the domain can know. Sizes in bytes, times in ms. */
export interface NodeReading {
  readonly version: string;
  readonly startedAt: number;
  readonly connections: number;
  /** Requests being worked on. */
  readonly requests: number;
  /** Handed to sockets and not gone. */
  readonly outbound: number;
  /** Lateness of the event loop over the last second, 99th percentile. */
  readonly lag: number;
  readonly memory: { readonly rss: number; readonly heapUsed: number; readonly external: number };
  /** Requests refused for load since the start, by error code. */
  readonly refused: Readonly<Record<string, number>>;
}

export interface NodeProbe {
  reading(): NodeReading;
}
