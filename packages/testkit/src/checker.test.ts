import { describe, expect, it } from 'vitest';
import { violations, type History, type LogEntry } from './checker.ts';

const entry = (seq: number, from: string, text: string): LogEntry => ({
  seq,
  id: `1000000000${seq}`,
  from,
  time: seq,
  text,
  counts: true,
});
const log = [entry(1, 'a', 'x'), entry(2, 'b', 'y'), entry(3, 'a', 'z')];

/** A history that keeps every promise, to be broken one way at a time. */
function good(change: Partial<History> = {}): History {
  return {
    sends: log.map(({ seq, id, text, from }) => ({ conv: 'c', text, from, acked: { id, seq } })),
    logs: new Map([['c', log]]),
    clients: new Map([['b1', { user: 'b', convs: ['c'], received: [{ conv: 'c', seq: 1, text: 'x' }, { conv: 'c', seq: 3, text: 'z' }] }]]),
    unread: [{ user: 'b', conv: 'c', unread: 2 }],
    ...change,
  };
} // prettier-ignore

const client = (...received: [number, string][]) => new Map([['b1', { user: 'b', convs: ['c'], received: received.map(([seq, text]) => ({ conv: 'c', seq, text })) }]]); // prettier-ignore

describe('the checker', () => {
  it('finds nothing wrong where nothing is', () => {
    expect(violations(good())).toEqual([]);
  });

  it('takes a stored send that was never acknowledged', () => {
    expect(violations(good({ sends: good().sends.map((send) => ({ ...send, acked: undefined })) }))).toEqual(
      [],
    );
  });

  it.each<[string, Partial<History>, RegExp]>([
    ['a lost message', { logs: new Map([['c', log.slice(0, 2)]]) }, /^lost: c 3/],
    [
      'another message in its place',
      { logs: new Map([['c', [log[0]!, log[1]!, entry(3, 'a', 'other')]]]) },
      /^lost|^out of nowhere/,
    ],
    ['a gap', { logs: new Map([['c', [log[0]!, log[2]!]]]) }, /^lost|^gap/],
    ['a doubled message', { logs: new Map([['c', [...log, entry(4, 'a', 'z')]]]) }, /^doubled: z/],
    [
      'time that goes back',
      { logs: new Map([['c', [log[0]!, log[1]!, { ...log[2]!, time: 0 }]]]) },
      /^time goes back/,
    ],
    ['a missed delivery', { clients: client([1, 'x']) }, /^b1 missed c 3/],
    ['a delivery out of order', { clients: client([3, 'z'], [1, 'x']) }, /^b1 got c 1 after 3/],
    ['a double delivery', { clients: client([1, 'x'], [1, 'x'], [3, 'z']) }, /after 1|twice/],
    ['a wrong delivery', { clients: client([1, 'x'], [3, 'q']) }, /as q/],
    ['a wrong unread', { unread: [{ user: 'b', conv: 'c', unread: 1 }] }, /^unread of b/],
  ])('finds %s', (_name, change, message) => {
    expect(violations(good(change)).join('\n')).toMatch(new RegExp(message, 'm'));
  });
});
