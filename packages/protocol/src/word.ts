import * as v from 'valibot';
import { defineOperation } from './define.ts';
import { count, cursor, done, limit, opt, requiredText, text } from './schema.ts';

/** `block`: a message with it is refused; `mask`: its characters are sent as `*`. */
export const wordAction = v.picklist(['block', 'mask']);
export type WordAction = v.InferOutput<typeof wordAction>;

const word = v.object({ word: requiredText(64), action: wordAction });

export const wordAdd = defineOperation({
  name: 'word.add',
  summary: 'Adds words to the app’s filter, or changes what is done about them.',
  callers: ['admin'],
  idempotency: 'yes',
  input: v.strictObject({
    words: v.pipe(
      v.array(v.strictObject({ word: requiredText(64), action: wordAction })),
      v.minLength(1),
      v.maxLength(1000),
    ),
  }),
  output: v.object({ total: count }),
  errors: ['QUOTA_EXCEEDED'],
});

export const wordRemove = defineOperation({
  name: 'word.remove',
  summary: 'Removes words from the app’s filter.',
  callers: ['admin'],
  idempotency: 'yes',
  input: v.strictObject({ words: v.pipe(v.array(requiredText(64)), v.minLength(1), v.maxLength(1000)) }),
  output: done,
  errors: [],
});

export const wordList = defineOperation({
  name: 'word.list',
  summary: 'The words of the app’s filter, in order.',
  callers: ['admin'],
  idempotency: 'safe',
  input: v.strictObject({ cursor: opt(cursor), limit: limit(1000) }),
  output: v.object({ words: v.array(word), total: count, next: opt(cursor) }),
  errors: [],
});

export const wordTest = defineOperation({
  name: 'word.test',
  summary: 'Says what the filter would do to a text.',
  callers: ['admin'],
  idempotency: 'safe',
  input: v.strictObject({ text: text(65_536) }),
  output: v.object({ blocked: opt(v.string()), text: v.string() }),
  errors: [],
});

export const wordOperations = [wordAdd, wordRemove, wordList, wordTest] as const;
