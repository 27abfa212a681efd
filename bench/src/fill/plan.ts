import { directKey } from '@magpie/protocol';

/** How a filled store is laid out: many conversations, a few of them busy, messages of all in the order of time. */
export interface Plan {
  readonly messages: number;
  readonly users: number;
  readonly directs: number;
  readonly groups: number;
}

/** Users write to those who come after them, this far, and are written to by as many before. */
export const NEIGHBOURS = 5;
const GROUP_SIZE = 20;
const IN_GROUPS = 0.2;

export function planOf(messages: number): Plan {
  const users = Math.max(200, Math.round(messages / 100));
  return { messages, users, directs: users * NEIGHBOURS, groups: Math.max(1, Math.round(users / 10)) };
}

export const userName = (i: number): string => `f${i}`;
export const groupName = (i: number): string => `fill${i}`;

/** Both sides of a direct conversation. */
export function pairOf({ users }: Plan, direct: number): readonly [string, string] {
  const first = Math.floor(direct / NEIGHBOURS);
  return [userName(first), userName((first + 1 + (direct % NEIGHBOURS)) % users)];
}

export function directKeyOf(plan: Plan, direct: number): string {
  return directKey(...pairOf(plan, direct));
}

export const membersIn = ({ users }: Plan): number => Math.min(GROUP_SIZE, users);

/** Members are every so many of the users, from a place of the group's own. */
export function memberOf({ users, groups }: Plan, group: number, member: number): string {
  const stride = Math.max(1, Math.floor(users / GROUP_SIZE));
  return userName((Math.floor((group * users) / groups) + member * stride) % users);
}

export function membersOf(plan: Plan, group: number): string[] {
  return Array.from({ length: membersIn(plan) }, (_, i) => memberOf(plan, group, i));
}

/** Numbers that look drawn by chance and are the same every time. */
export function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Which conversation the next message belongs to: directs first, then groups. Busy ones are spread over all places. */
export function drawConversation({ directs, groups }: Plan, chance: () => number): number {
  const inGroup = chance() < IN_GROUPS;
  const count = inGroup ? groups : directs;
  const rank = Math.floor(count * chance() ** 2);
  return (inGroup ? directs : 0) + ((rank * PRIME) % count);
}

/** Larger than any number of conversations and prime: a rank and its place are one to one. */
const PRIME = 2_147_483_647;
