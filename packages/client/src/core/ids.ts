import type { Platform } from '../platform/platform.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function encode(value: number, digits: number): string {
  let text = '';
  for (let rest = value; text.length < digits; rest = Math.floor(rest / 32))
    text = `${ALPHABET[rest % 32]}${text}`;
  return text;
}

export function randomText(platform: Pick<Platform, 'randomBytes'>, length: number): string {
  return Array.from(platform.randomBytes(length), (byte) => ALPHABET[byte % 32]).join('');
}

/** Maker of clientIds: `<prefix>:` + ten digits of time + sixteen of chance; ascending even within one millisecond. */
export function clientIdMaker(
  platform: Pick<Platform, 'randomBytes' | 'clock'>,
): (prefix?: string) => string {
  let last = 0;
  return (prefix = 'web') => {
    last = Math.max(last + 1, platform.clock.now());
    return `${prefix}:${encode(last, 10)}${randomText(platform, 16)}`;
  };
}
