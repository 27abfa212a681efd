import { expect, test } from 'vitest';
import { fakeMessage } from '../testing/fake-client.ts';
import { toRows, type Row } from './rows.ts';

const noon = new Date(2026, 4, 3, 12).getTime();
const minute = 60_000;

function kinds(rows: readonly Row[]): string {
  return rows.map((row) => (row.kind === 'message' ? `${row.first ? '[' : ''}${row.message.seq}${row.last ? ']' : ''}` : row.kind)).join(' '); // prettier-ignore
}

test('messages of one sender form runs, broken by pauses, other senders and notes', () => {
  const messages = [
    fakeMessage({ seq: 1, time: noon }),
    fakeMessage({ seq: 2, time: noon + minute }),
    fakeMessage({ seq: 3, time: noon + 7 * minute }),
    fakeMessage({ seq: 4, time: noon + 8 * minute, from: 'carol' }),
    fakeMessage({
      seq: 5,
      time: noon + 8 * minute,
      from: 'carol',
      content: { type: 'tip', change: 'joined', actor: 'carol' },
    }),
    fakeMessage({ seq: 6, time: noon + 8 * minute, from: 'carol' }),
  ];
  expect(kinds(toRows(messages))).toBe('top day [1 2] [3] [4] note [6]');
});

test('days are told apart once, even when a clock goes back', () => {
  const messages = [
    fakeMessage({ seq: 1, time: noon }),
    fakeMessage({ seq: 2, time: noon + 86_400_000 }),
    fakeMessage({ seq: 3, time: noon }),
    fakeMessage({ seq: 4, time: noon + 86_400_000 + minute }),
  ];
  const rows = toRows(messages);
  expect(kinds(rows)).toBe('top day [1] day [2] [3] [4]');
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
});

test('the divider stands before what is new, and breaks a run', () => {
  const messages = [1, 2, 3].map((seq) => fakeMessage({ seq, time: noon + seq }));
  expect(kinds(toRows(messages, { unreadAfter: 1 }))).toBe('top day [1] unread [2 3]');
  expect(kinds(toRows(messages, { unreadAfter: 3 }))).toBe('top day [1 2 3]');
  expect(kinds(toRows(messages))).toBe('top day [1 2 3]');
});

test('own messages, tips and what does not count are not new', () => {
  const messages = [
    fakeMessage({ seq: 1, time: noon, from: 'alice' }),
    fakeMessage({ seq: 2, time: noon, content: { type: 'tip', change: 'joined', actor: 'bob' } }),
    fakeMessage({ seq: 3, time: noon, counts: false }),
    fakeMessage({ seq: 4, time: noon }),
  ];
  expect(kinds(toRows(messages, { unreadAfter: 0 }))).toBe('top day [1] note [3] unread [4]');
});

test('no divider while what is new may begin above what is loaded', () => {
  const messages = [5, 6].map((seq) => fakeMessage({ seq, time: noon }));
  expect(kinds(toRows(messages, { unreadAfter: 2, hasOlder: true }))).toBe('top day [5 6]');
  expect(kinds(toRows(messages, { unreadAfter: 2, hasOlder: false }))).toBe('top day unread [5 6]');
});

test('a message keeps its row from sending to sent, and revoked ones become notes', () => {
  const sending = fakeMessage({ from: 'alice', status: 'sending', time: noon });
  const { kind, key } = toRows([sending]).at(-1) ?? {};
  const sent = toRows([{ ...sending, seq: 7, status: 'sent', time: noon + 5 }]).at(-1);
  expect([kind, sent?.key]).toEqual(['message', key]);
  const revoked = { by: 'alice', at: noon, role: 'sender' } as const;
  expect(toRows([{ ...sending, seq: 7, revoked, content: { type: 'revoked', original: { type: 'text' } } }]).at(-1)?.kind).toBe('note'); // prettier-ignore
});

test('commands and typing are nowhere', () => {
  expect(kinds(toRows([fakeMessage({ content: { type: 'typing', state: 'begin' } }), fakeMessage({ content: { type: 'command' } })]))).toBe('top'); // prettier-ignore
});
