import { expect, it } from 'vitest';
import { gains } from '../hot/outbox.ts';
import { OutboxBuffer } from './outbox-buffer.ts';

const row = (event: string, lane = 'x') => ({ app: 'a', hook: 'h', lane, event, at: 1, dueAt: 1 });

const events = (buffer: OutboxBuffer): string[] => buffer.take().map(({ event }) => event);

it('takes back what a unit added, and no more', () => {
  const buffer = new OutboxBuffer();
  buffer.begin();
  buffer.add(row('kept'));
  buffer.begin();
  buffer.add(row('lost'));
  buffer.undo();
  expect(events(buffer)).toEqual(['kept']);
  expect(events(buffer)).toEqual([]);
});

it('takes back what a unit added after it wrote out what was held', () => {
  const buffer = new OutboxBuffer();
  buffer.add(row('one'));
  buffer.add(row('two'));
  buffer.begin();
  expect(events(buffer)).toEqual(['one', 'two']);
  buffer.add(row('lost'));
  buffer.undo();
  expect(events(buffer)).toEqual([]);
});

it('a lane is touched once, however many events it gains', () => {
  const found = gains([row('1'), row('2', 'y'), row('3'), { ...row('4'), hook: 'other' }]);
  expect(found.map(({ hook, lane, waiting }) => [hook, lane, waiting])).toEqual([['h', 'x', 2], ['h', 'y', 1], ['other', 'x', 1]]); // prettier-ignore
});
