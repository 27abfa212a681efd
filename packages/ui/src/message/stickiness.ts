import type { Row } from './rows.ts';

export interface ScrollPlace {
  readonly offset: number;
  readonly viewport: number;
  readonly size: number;
}

/** Closer to the end than this counts as at the end. */
const NEAR_END = 48;
/** Older pages are asked for before the reader sees the first row. */
const NEAR_EDGE = 600;

function isAtEnd({ offset, viewport, size }: ScrollPlace): boolean {
  return size - offset - viewport <= NEAR_END;
}

/** A reader leaves the end by going up; rows that turn out taller than thought, or new ones, take nobody from it. */
export function staysAtEnd(was: boolean, before: ScrollPlace, now: ScrollPlace): boolean {
  return isAtEnd(now) || (was && now.offset >= before.offset);
}

export function isNearStart({ offset }: ScrollPlace): boolean {
  return offset < NEAR_EDGE;
}

export function isNearEnd({ offset, viewport, size }: ScrollPlace): boolean {
  return size - offset - viewport < NEAR_EDGE;
}

function messageKeys(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => (row.kind === 'message' || row.kind === 'note' ? [row.key] : []));
}

export interface RowsChange {
  /** Rows came or went at the start alone: the place is kept from the end. */
  readonly shift: boolean;
  /** Rows of others that joined the end. */
  readonly arrived: number;
  /** The reader sent something: they want to see it. */
  readonly sent: boolean;
  /** Nothing of what was shown is left. */
  readonly replaced: boolean;
}

/** What happened between two drawings of a list, as far as the scroll position cares. */
export function compareRows(before: readonly Row[], after: readonly Row[]): RowsChange {
  const was = messageKeys(before);
  const is = messageKeys(after);
  if (was.length === 0) return { shift: false, arrived: 0, sent: false, replaced: true };
  const known = new Set(was);
  const lastKnown = is.findLastIndex((key) => known.has(key));
  if (lastKnown < 0) return { shift: false, arrived: 0, sent: false, replaced: true };
  const isNew = new Set(is.slice(lastKnown + 1));
  const fresh = after.flatMap((row) => ('message' in row && isNew.has(row.key) ? [row] : []));
  return {
    shift: is[0] !== was[0] && is.at(-1) === was.at(-1),
    arrived: fresh.filter((row) => !row.message.mine && row.message.content.type !== 'tip').length,
    sent: fresh.some((row) => row.message.mine && row.message.status === 'sending'),
    replaced: false,
  };
}
