import { invalid } from './errors.ts';

const MAX_OPEN = 256;

/** The vendor pages by number (0 first, 0 at the end), the server by opaque text: the open pages, oldest forgotten first. */
export interface Cursors {
  give(cursor: string | undefined): number;
  take(flag: unknown): string | undefined;
}

export function createCursors(): Cursors {
  const open = new Map<number, string>();
  let last = 0;
  return {
    give: (cursor) => {
      if (cursor === undefined) return 0;
      last++;
      open.set(last, cursor);
      const oldest = open.keys().next().value;
      if (open.size > MAX_OPEN && oldest !== undefined) open.delete(oldest);
      return last;
    },
    take: (flag) => {
      if (flag === undefined || flag === null || flag === 0) return undefined;
      const cursor = typeof flag === 'number' ? open.get(flag) : undefined;
      if (cursor === undefined) throw invalid('nextFlag must be 0, or one a query gave');
      return cursor;
    },
  };
}

/** A page size as the vendor reads it: at most 100. */
export function pageSize(count: unknown): number {
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1)
    throw invalid('count must be a positive integer');
  return Math.min(count, 100);
}

/** A page of a list that is here as a whole; the flag is the place in it. */
export function pageOf<T>(
  all: readonly T[],
  flag: unknown,
  count: unknown,
): { readonly page: readonly T[]; readonly nextFlag: number } {
  const start = typeof flag === 'number' && flag > 0 ? flag : 0;
  const end = start + pageSize(count);
  return { page: all.slice(start, end), nextFlag: end < all.length ? end : 0 };
}
