/** How many avatar colours the tokens hold. */
const COLORS = 8;

/** The same id has the same colour on every device, for ever. */
export function avatarColor(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return ((hash >>> 0) ^ ((hash >>> 0) >>> 13)) % COLORS;
}
