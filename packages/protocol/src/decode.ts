import { MagpieError } from './errors.ts';
import { LIMITS } from './limits.ts';

export interface DecodeBounds {
  readonly maxBytes: number;
  readonly maxDepth: number;
  readonly maxKeys: number;
}

const QUOTE = 34;
const BACKSLASH = 92;

/**
 * Text to JSON, bounded before anything looks inside: one pass counts nesting and values without building them, so a hostile
 * frame costs a scan and no memory.
 */
export function decodeJson(textIn: string, bounds: DecodeBounds = LIMITS.frame): unknown {
  if (textIn.length > bounds.maxBytes) throw tooLarge(`more than ${bounds.maxBytes} bytes`);
  let depth = 0;
  let keys = 0;
  for (let i = 0; i < textIn.length; i++) {
    const c = textIn.charCodeAt(i);
    if (c === QUOTE) {
      i = endOfString(textIn, i + 1);
    } else if (c === 123 || c === 91) {
      if (++depth > bounds.maxDepth) throw tooLarge(`nested deeper than ${bounds.maxDepth}`);
    } else if (c === 125 || c === 93) {
      depth--;
    } else if (c === 44 || c === 58) {
      if (++keys > bounds.maxKeys * 2) throw tooLarge(`more than ${bounds.maxKeys} values`);
    }
  }
  try {
    return JSON.parse(textIn, undefined);
  } catch (cause) {
    throw new MagpieError('FRAME_UNREADABLE', { cause });
  }
}

function endOfString(s: string, from: number): number {
  for (let end = s.indexOf('"', from); end !== -1; end = s.indexOf('"', end + 1)) {
    let slashes = 0;
    while (s.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return s.length;
}

function tooLarge(what: string): MagpieError {
  return new MagpieError('TOO_LARGE', { message: `The request is too large: ${what}.` });
}
