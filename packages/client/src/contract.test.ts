import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ALL_EVENTS, ALL_OPERATIONS, entryClassOf as ofContract, OPERATIONS } from '@magpie/protocol';
import { expect, test } from 'vitest';
import { entryClassOf } from './core/entry-class.ts';
import { ONCE } from './requests/once.ts';
import { EVENT_STREAM } from './sync/event-streams.ts';

test('operations that must not be repeated are those of the contract', () => {
  const mine = ALL_OPERATIONS.filter(
    ({ callers, idempotency }) => idempotency === 'no' && callers.some((caller) => caller !== 'admin'),
  );
  expect([...ONCE].sort()).toEqual(mine.map(({ name }) => name).sort());
});

test('the streams of events are those of the contract', () => {
  expect(EVENT_STREAM).toEqual(Object.fromEntries(ALL_EVENTS.map(({ name, stream }) => [name, stream])));
});

test('the classes of content types are those of the contract', () => {
  const message = OPERATIONS.get('message.get')?.output as unknown as {
    entries: {
      messages: { item: { entries: { content: { options: { entries: { type: { literal: string } } }[] } } } };
    };
  };
  const types = message.entries.messages.item.entries.content.options.map(
    ({ entries }) => entries.type.literal,
  );
  expect(types.length).toBeGreaterThan(10);
  for (const type of [...types, 'of-a-newer-server'])
    expect([type, entryClassOf(type)]).toEqual([type, ofContract(type)]);
});

test('every operation of users is called somewhere in the client', () => {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.startsWith('testing'))
    .filter((path) => !/(^|[\\/])(once|event-streams)\.ts$/.test(path))
    .map((path) => readFileSync(`${folder}${path}`, 'utf8'))
    .join('\n');
  const mine = ALL_OPERATIONS.filter(({ callers }) => callers.some((caller) => caller !== 'admin'));
  expect(mine.map(({ name }) => name).filter((name) => !sources.includes(`'${name}'`))).toEqual([]);
});
