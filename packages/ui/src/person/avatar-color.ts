/** How many avatar colours the tokens hold. */
const COLORS = 8;

/** The same id has the same colour on every device, for ever: FNV-1a, mixed so that short ids differ. */
export function avatarColor(id: string): number {
  let hash = 17;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) % COLORS;
}
