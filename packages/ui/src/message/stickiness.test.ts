import { expect, test } from 'vitest';
import { fakeMessage } from '../testing/fake-client.ts';
import { toRows } from './rows.ts';
import { compareRows, staysAtEnd } from './stickiness.ts';

const old = [1, 2, 3].map((seq) => fakeMessage({ seq }));
const older = [-2, -1].map((seq) => fakeMessage({ seq }));

test('older pages grow the list at its start: the place is kept from the end', () => {
  expect(compareRows(toRows(old), toRows([...older, ...old]))).toMatchObject({
    shift: true,
    arrived: 0,
    replaced: false,
  });
});

test('what others say is counted, tips are not, and own words take the writer to the end', () => {
  const tip = fakeMessage({ content: { type: 'tip', change: 'joined', actor: 'bob' } });
  expect(compareRows(toRows(old), toRows([...old, fakeMessage(), fakeMessage(), tip]))).toMatchObject({ shift: false, arrived: 2, sent: false }); // prettier-ignore
  const mine = fakeMessage({ from: 'alice', status: 'sending' });
  expect(compareRows(toRows(old), toRows([...old, mine]))).toMatchObject({ arrived: 0, sent: true });
  expect(compareRows(toRows([...old, mine]), toRows([...old, { ...mine, status: 'sent', seq: 4 }]))).toMatchObject({ arrived: 0, sent: false }); // prettier-ignore
});

test('own words of earlier, met by going down, take nobody anywhere', () => {
  expect(compareRows(toRows(old), toRows([...old, fakeMessage({ from: 'alice', seq: 4 })])).sent).toBe(false);
});

test('another stretch replaces the rows', () => {
  expect(compareRows([], toRows(old)).replaced).toBe(true);
  expect(compareRows(toRows(old), toRows(older)).replaced).toBe(true);
});

test('a message that goes is no change of place', () => {
  expect(compareRows(toRows(old), toRows(old.slice(0, 2)))).toEqual({
    shift: false,
    arrived: 0,
    sent: false,
    replaced: false,
  });
});

test('a reader leaves the end by going up; growth takes nobody from it', () => {
  const end = { offset: 500, viewport: 500, size: 1_000 };
  expect(staysAtEnd(true, end, { ...end, size: 1_400 })).toBe(true);
  expect(staysAtEnd(true, end, { ...end, offset: 490 })).toBe(true);
  expect(staysAtEnd(true, end, { ...end, offset: 300 })).toBe(false);
  expect(staysAtEnd(false, { ...end, offset: 100 }, { ...end, offset: 300 })).toBe(false);
  expect(staysAtEnd(false, { ...end, offset: 300 }, { ...end, offset: 470 })).toBe(true);
});
