import * as v from 'valibot';
import { LIMITS } from './limits.ts';

/** Pieces shared by the slices. Only actions that convert to JSON Schema (a test converts every schema). */
export const opt = v.exactOptional;

export const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
export const requiredText = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max));
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
export const time = count;
export const seq = count;
export const limit = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(max));

/** 1–64 bytes of 0x21–0x7E. */
export const userId = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,64}$/));
/** 1–64 bytes of printable ASCII without space. */
export const groupId = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,64}$/));
export const conversationRef = v.pipe(v.string(), v.regex(/^(u|g|r|t):[\x21-\x7e]{1,128}$/));
export const conversationKey = v.pipe(
  v.string(),
  v.regex(/^(d:[\x21-\x7e]{1,64} [\x21-\x7e]{1,64}|[grts]:[\x21-\x7e]{1,128})$/),
);
export const messageIdText = v.pipe(v.string(), v.regex(/^\d{1,25}$/));
/** Time-ordered, made by the client, the same on every retry. */
export const clientId = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,64}$/));
export const fileId = v.pipe(v.string(), v.regex(/^[0-9A-Za-z]{32}$/));
export const appId = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,31}$/));
export const cursor = text(256);
export const done = v.object({});

/** Current names beside messages: `card` is the name in the conversation's group. */
export const person = v.object({ name: opt(v.string()), avatar: opt(v.string()), card: opt(v.string()) });
export const people = v.record(v.string(), person);
export type Person = v.InferOutput<typeof person>;
export type People = v.InferOutput<typeof people>;

export const userIds = (max: number) => v.pipe(v.array(userId), v.minLength(1), v.maxLength(max));
export const messageIds = (max: number) => v.pipe(v.array(messageIdText), v.minLength(1), v.maxLength(max));
export const mentionUsers = v.pipe(v.array(userId), v.maxLength(LIMITS.app['message.mentions']));
