/** Names and places of messages that have no server's yet. */
export interface LocalIds {
  /** A new `localMessageID`: sixteen digits, ascending, not repeated by this instance after a reload. */
  next(): string;
  /** `orderKey` of something not stored: after everything stored, in the order it was made. */
  orderAfter(lastSeq: number): number;
}

export function createLocalIds(now: () => number = Date.now, random: () => number = Math.random): LocalIds {
  let last = 0;
  let unsent = 0;
  return {
    next: () => {
      last = Math.max(last + 1, now() * 1000 + Math.floor(random() * 1000));
      return String(last);
    },
    orderAfter: (lastSeq) => lastSeq + ++unsent * 1e-6,
  };
}
