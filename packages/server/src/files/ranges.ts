import type { ByteRange } from './port.ts';

/**
 * The one range a `Range` header asks for; `none` if the whole is to be sent (no header, another unit, several ranges, not
 * readable: a server may ignore those), `unsatisfiable` if nothing of it exists.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | 'none' | 'unsatisfiable' {
  const match = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/i.exec((header ?? '').trim());
  if (!match) return 'none';
  const [, first, last, suffix] = match;
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' || last === undefined ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return 'none';
  return start >= size ? 'unsatisfiable' : { start, end };
}
