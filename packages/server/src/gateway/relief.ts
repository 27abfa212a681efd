/** Something that holds bytes for a peer. */
export interface Holder {
  readonly socket: { readonly queued: number };
}

export interface Relief<H extends Holder> {
  /** Bytes held by all together. */
  readonly total: number;
  /** Those that must go, so that the rest hold at most half of what is allowed. */
  readonly cut: readonly H[];
}

/** Looks at what is queued to peers. Beyond what memory should hold, those with the most go; they come back and catch up. */
export function relieve<H extends Holder>(holders: Iterable<H>, max: number): Relief<H> {
  const all = [...holders];
  const total = all.reduce((sum, { socket }) => sum + socket.queued, 0);
  if (total <= max) return { total, cut: [] };
  const cut: H[] = [];
  let left = total;
  for (const holder of all.sort((a, b) => b.socket.queued - a.socket.queued)) {
    if (left <= max / 2) break;
    left -= holder.socket.queued;
    cut.push(holder);
  }
  return { total, cut };
}
