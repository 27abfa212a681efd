import { MagpieError } from '@magpie/protocol';
import { expect, it } from 'vitest';
import { createLocalBus } from '../core/local-bus.ts';
import type { SendAttempt } from '../core/guards.ts';
import type { Deps } from '../deps.ts';
import type { WordRow } from '../ports/rows.ts';
import type { WordReads } from '../ports/store.ts';
import { mapTexts } from './texts.ts';
import { wordGuard, Words } from './words.ts';

function world(...words: string[]) {
  const state = { rows: words.map((word): WordRow => ({ app: 'a', word, action: 'mask' })), reads: 0, answer: Promise.resolve() }; // prettier-ignore
  const reads = {
    all: async (app: string) => {
      state.reads++;
      const rows = state.rows.filter((row) => row.app === app);
      await state.answer;
      return rows;
    },
  } as unknown as WordReads;
  const bus = createLocalBus();
  const filter = new Words(reads, bus);
  const send = (text: string, caller = 'user') => {
    const attempt = { ctx: { app: { id: 'a' }, caller }, content: { type: 'text', text } } as SendAttempt;
    const waiting = wordGuard(attempt, { words: filter } as Deps);
    return { waiting, said: () => (attempt.content as { text: string }).text };
  };
  return { state, bus, filter, send };
}

it('costs one read where there are no words, and then nothing: no promise, the same content', async () => {
  const { state, send } = world();
  await send('x').waiting;
  for (let i = 0; i < 10; i++) expect(send('x').waiting).toBeUndefined();
  expect(state.reads).toBe(1);
});

it('many sends at once wait for one read', async () => {
  const { state, send } = world('bad');
  const sends = Array.from({ length: 10 }, () => send('a bad day'));
  await Promise.all(sends.map(({ waiting }) => waiting));
  expect(sends.map(({ said }) => said())).toEqual(Array.from({ length: 10 }, () => 'a *** day'));
  expect(state.reads).toBe(1);
});

it('words that change anywhere count from the next send on, also when they change while they are read', async () => {
  const { state, bus, filter, send } = world('bad');
  let go: () => void = () => undefined;
  state.answer = new Promise((resolve) => (go = resolve));
  const early = send('good or bad');
  state.rows = [{ app: 'a', word: 'good', action: 'mask' }];
  bus.publish('magpie.words.a', 'a');
  const late = send('good or bad');
  go();
  await Promise.all([early.waiting, late.waiting]);
  expect([early.said(), late.said()]).toEqual(['good or ***', '**** or bad']);
  const after = send('good or bad');
  expect(after.waiting).toBeUndefined();
  expect(after.said()).toBe('**** or bad');
  state.rows = [];
  filter.changed('a');
  await send('x').waiting;
  expect(state.reads).toBe(3);
});

it('a store that fails refuses the send, and is asked again by the next', async () => {
  const { state, send } = world('bad');
  state.answer = Promise.reject(new MagpieError('STORE_UNAVAILABLE'));
  await expect(send('bad').waiting).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  state.answer = Promise.resolve();
  const next = send('bad');
  await next.waiting;
  expect(next.said()).toBe('***');
});

it('leaves alone what the app’s back end sends', async () => {
  const { state, send } = world('bad');
  expect(send('bad', 'admin').said()).toBe('bad');
  expect(state.reads).toBe(0);
});

it('finds texts where people read them, changes those alone, and keeps the object where nothing changed', () => {
  const file = { url: 'https://example.com/f', name: 'name' };
  const multi = { type: 'multi' as const, items: [{ type: 'file' as const, file }, { type: 'text' as const, text: 'text' }] }; // prettier-ignore
  const seen: string[] = [];
  expect(mapTexts(multi, (text, field) => void seen.push(`${field}=${text}`))).toBe(multi);
  expect(seen).toEqual(['items.0.file.name=name', 'items.1.text=text']);
  expect(mapTexts(multi, (text) => (text === 'text' ? 'new' : undefined))).toEqual({ type: 'multi', items: [multi.items[0], { type: 'text', text: 'new' }] }); // prettier-ignore
});
