const SAFE = /^[\x21-\x7e]+$/;
const MAX_INSTANCE = 24;
const MAX_LOCAL = 34;

/** 53 bits of any text as base 36: for ids of an app's own that do not fit. */
function digest(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

const fit = (text: string, max: number): string =>
  text.length <= max && SAFE.test(text) ? text : `~${digest(text)}`;

/** `web:<instance>:<local>` within 64 characters; the same message of an app has the same name on every retry. */
export function clientIdFor(instance: string, localId: string): string {
  return `web:${fit(instance, MAX_INSTANCE)}:${fit(localId, MAX_LOCAL)}`;
}
