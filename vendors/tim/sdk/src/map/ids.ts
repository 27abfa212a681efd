import type { Message } from '@magpie/protocol';

const TWO_32 = 2 ** 32;

function hash(text: string, seed: number): number {
  let h = seed;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const sixDigits = (n: number): string => String(n % 1_000_000).padStart(6, '0');

/** The number that stands for a user in message ids: the same on every client, 18 digits (core-model §1). */
export function tinyId(userId: string): string {
  return `144115${sixDigits(hash(userId, 0x811c9dc5))}${sixDigits(hash(userId, 0x9e3779b9))}`;
}

/** `decimal mod 2^32` without BigInt, which older mini-program engines lack. */
export function mod32(decimal: string): number {
  let rest = 0;
  for (const digit of decimal) rest = (rest * 10 + Number(digit)) % TWO_32;
  return rest;
}

/** What makes up a message's ID besides its sender. */
export interface Stamp {
  /** Seconds. */
  readonly clientTime: number;
  readonly random: number;
}

export function clientIdOf({ clientTime, random }: Stamp): string {
  return `tim:${clientTime}-${random}`;
}

/** The stamp inside a clientId made by a TIM client; undefined for messages born elsewhere. */
export function stampOfClientId(clientId: string): Stamp | undefined {
  const found = /^tim:(\d{1,12})-(\d{1,10})$/.exec(clientId);
  return found ? { clientTime: Number(found[1]), random: Number(found[2]) } : undefined;
}

export function stampOf(message: Pick<Message, 'id' | 'time' | 'clientId'>): Stamp {
  return (
    stampOfClientId(message.clientId) ?? {
      clientTime: seconds(message.time),
      random: mod32(message.id.replace(/\D/g, '')),
    }
  );
}

export function messageIdOf(from: string, { clientTime, random }: Stamp): string {
  return `${tinyId(from)}-${clientTime}-${random}`;
}

/** The parts of an ID as apps keep them; undefined if it is none. */
export function parseMessageId(id: string): { readonly tinyId: string; readonly stamp: Stamp } | undefined {
  const found = /^(\d+)-(\d+)-(\d+)$/.exec(id);
  return found
    ? { tinyId: found[1] ?? '', stamp: { clientTime: Number(found[2]), random: Number(found[3]) } }
    : undefined;
}

export function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

export const SYSTEM = '@TIM#SYSTEM';

/** `C2Cbob` → `u:bob`, `GROUPg1` → `g:g1`; undefined for anything else. */
export function refOfConversation(conversationID: string): string | undefined {
  if (conversationID.startsWith('C2C') && conversationID.length > 3) return `u:${conversationID.slice(3)}`;
  if (conversationID.startsWith('GROUP') && conversationID.length > 5) return `g:${conversationID.slice(5)}`;
  if (conversationID === SYSTEM) return 's:notices';
  return undefined;
}

/** The other way; undefined for what TIM does not show in its list (rooms, topics). */
export function conversationOfRef(ref: string): string | undefined {
  if (ref.startsWith('u:')) return `C2C${ref.slice(2)}`;
  if (ref.startsWith('g:')) return `GROUP${ref.slice(2)}`;
  return ref.startsWith('s:') ? SYSTEM : undefined;
}

/** The id inside a ref. */
export function bareId(ref: string): string {
  return ref.slice(2);
}

export function refOfTarget(conversationType: 'C2C' | 'GROUP', to: string): string {
  return `${conversationType === 'C2C' ? 'u' : 'g'}:${to}`;
}
