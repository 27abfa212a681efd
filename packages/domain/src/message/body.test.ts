import fc from 'fast-check';
import { expect, it } from 'vitest';
import { messageJson } from '../message-json.ts';
import { bodyText, fingerprint } from './body.ts';

const PLAIN = {
  input: {},
  content: { type: 'text' as const, text: 'x' },
  extra: undefined,
  counts: true,
  audience: null,
};

it('leaves out every flag that is off', () => {
  expect(bodyText({ ...PLAIN, extra: '', input: { mentions: { users: [] } } })).toBe(
    '{"content":{"type":"text","text":"x"}}',
  );
  expect(JSON.parse(bodyText({ ...PLAIN, input: { receipt: true, notLast: true, mentions: { all: true } }, counts: false, audience: ['a'] }))).toEqual({ content: PLAIN.content, receipt: true, counts: false, notLast: true, audience: ['a'], mentions: { all: true } }); // prettier-ignore
});

it('joins rows into the JSON a reader gets, whatever the texts hold', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, extra) => {
      const body = bodyText({ ...PLAIN, content: { type: 'text', text }, extra });
      const row = { conv: 12, seq: 34, sender: 'a"\\b', time: 56, clientId: 'c"1', body };
      expect(JSON.parse(messageJson(row, 'd:a b'))).toEqual({
        id: '120000000034',
        conv: 'd:a b',
        seq: 34,
        from: 'a"\\b',
        time: 56,
        clientId: 'c"1',
        content: { type: 'text', text },
        ...(extra === '' ? {} : { extra }),
      });
    }),
  );
});

it('fingerprints are safe integers, equal for equal texts and spread for others', () => {
  const seen = new Set<number>();
  for (let i = 0; i < 20_000; i++) seen.add(fingerprint(`text ${i}`));
  expect(seen.size).toBe(20_000);
  for (const value of seen) expect(Number.isSafeInteger(value)).toBe(true);
  expect(fingerprint('text 1')).toBe(fingerprint('text 1'));
});
