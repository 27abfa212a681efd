import { effectiveSettings, MagpieError, type SendInput } from '@magpie/protocol';
import { describe, expect, it } from 'vitest';
import type { Ctx } from '../core/context.ts';
import { checkSize, createAttempt, sizeGuard, type SendAttempt } from '../core/guards.ts';
import type { Deps } from '../deps.ts';
import type { Store } from '../ports/store.ts';
import { BeforeHooks } from './before.ts';
import { SendHook } from './send-hook.ts';
import { HANG, hookRow, webhookWorld, type Got } from './test-support.ts';

const PLACE = { app: 'a', num: 1, key: 'd:alice bob', kind: 'direct' as const };

async function world(settings: Record<string, unknown> = {}) {
  const made = await webhookWorld(hookRow('h', { before: ['message.send'] }));
  const stored = new Set<string>();
  const messages = { byClientId: async (_conv: number, sender: string, clientId: string) => (stored.has(`${sender} ${clientId}`) ? {} : undefined) }; // prettier-ignore
  const store = { ...made.store, messages } as unknown as Store;
  const sendHook = new SendHook(store, made.directory, new BeforeHooks(made.deps), checkSize);
  const app = { id: 'a', name: 'a', doors: [], createdAt: 0, settings: effectiveSettings(settings) };
  let serial = 0;
  const attempt = (text: string, more: Partial<SendInput> = {}, ctx: Partial<Ctx> = {}): SendAttempt => {
    const input: SendInput = {
      ref: 'u:bob',
      clientId: `c${++serial}`,
      content: { type: 'text', text },
      ...more,
    };
    const made = createAttempt({ app, caller: 'user', userId: 'alice', ...ctx }, input, PLACE, undefined);
    void sizeGuard(made, {} as Deps);
    return made;
  };
  /** In the order they went on: the text, or the error's code. */
  const released: string[] = [];
  const send = async (one: SendAttempt) => {
    try {
      await sendHook.guard(one);
      released.push(one.content.type === 'text' ? one.content.text : one.content.type);
    } catch (error) {
      released.push(MagpieError.from(error).code);
    }
  };
  return { ...made, stored, sendHook, attempt, send, released };
}

const textOf = ({ body }: Got) => (body['input'] as { content: { text: string } }).content.text;
const change = (input: unknown) => JSON.stringify({ action: 'change', input });

describe('sends', () => {
  it('of one sender go on in the order they came, however long each answer takes', async () => {
    const { time, backend, attempt, send, released } = await world();
    const slow: Record<string, number> = { one: 900, two: 10, three: 500, four: 1 };
    backend.answer = (got) => new Promise((resolve) => time.after(slow[textOf(got)] ?? 0, () => resolve(textOf(got) === 'two' ? '{"action":"refuse"}' : 200))); // prettier-ignore
    for (const text of ['one', 'two', 'three', 'four']) void send(attempt(text));
    await time.advance(899);
    expect(backend.got.map(textOf)).toEqual(['one', 'two', 'three', 'four']);
    expect(released).toEqual([]);
    await time.advance(1);
    expect(released).toEqual(['one', 'REFUSED_BY_HOOK', 'three', 'four']);
  });

  it('of others, and of one whose answers hang, do not wait for each other', async () => {
    const { time, backend, attempt, send, released } = await world();
    backend.answer = (got) => (textOf(got).startsWith('hang') ? HANG : 200);
    void send(attempt('hang'));
    void send(attempt('after'));
    void send(attempt('by carol', {}, { userId: 'carol' }));
    await time.advance(1_999);
    expect(released).toEqual(['by carol']);
    await time.advance(1);
    expect(released).toEqual(['by carol', 'hang', 'after']);
  });

  it('keep their order when the hook goes away meanwhile', async () => {
    const { time, backend, attempt, send, released, change: edit } = await world();
    backend.answer = () => HANG;
    void send(attempt('asked'));
    await time.advance(100);
    await edit('h', { before: [] });
    void send(attempt('not asked'));
    await time.advance(100);
    expect(released).toEqual([]);
    await time.advance(2_000);
    expect(released).toEqual(['asked', 'not asked']);
    expect(backend.got).toHaveLength(1);
  });

  it('tried again after they were stored are not asked about; while they are asked about they share the answer', async () => {
    const { time, backend, attempt, send, released, stored } = await world();
    backend.answer = (got) => new Promise((resolve) => time.after(50, () => resolve(textOf(got) === 'no' ? '{"action":"refuse"}' : change({ extra: 'x' })))); // prettier-ignore
    const first = attempt('yes', { clientId: 'same' });
    const again = attempt('yes', { clientId: 'same' });
    void send(first);
    void send(again);
    await time.advance(100);
    expect(backend.got).toHaveLength(1);
    expect([first.extra, again.extra]).toEqual(['x', 'x']);
    stored.add('alice same');
    const late = attempt('yes', { clientId: 'same' });
    await send(late);
    expect(backend.got).toHaveLength(1);
    expect(late.extra).toBeUndefined();
    // Refused, but stored by another try before the answer was there.
    void send(attempt('no', { clientId: 'other' }));
    await time.advance(10);
    stored.add('alice other');
    await time.advance(100);
    expect(released).toEqual(['yes', 'yes', 'yes', 'no']);
  });

  it('under one clientId with other content are asked about for themselves', async () => {
    const { backend, attempt, send, time } = await world();
    backend.answer = () => new Promise((resolve) => time.after(50, () => resolve(200)));
    void send(attempt('harmless', { clientId: 'same' }));
    void send(attempt('harmful', { clientId: 'same' }));
    await time.advance(100);
    expect(backend.got.map(textOf)).toEqual(['harmless', 'harmful']);
  });

  it('of the app’s back end and typing are not asked about', async () => {
    const { backend, attempt, sendHook } = await world();
    expect(sendHook.guard(attempt('x', {}, { caller: 'admin' }))).toBeUndefined();
    expect(sendHook.guard(attempt('x', { content: { type: 'typing', state: 'begin' } }))).toBeUndefined();
    expect(backend.got).toEqual([]);
  });

  it('cost nothing where nothing is asked', async () => {
    const { change: edit, attempt, sendHook } = await world();
    await edit('h', { before: [] });
    expect(sendHook.guard(attempt('x'))).toBeUndefined();
  });
});

describe('an answer', () => {
  it('is given what would be stored, and may change content, extra and mentions', async () => {
    const { backend, attempt, send } = await world();
    backend.answer = () => change({ content: { type: 'text', text: 'new' }, extra: '{"a":1}', mentions: { users: ['bob'] } }); // prettier-ignore
    const one = attempt('old', { mentions: { all: true } });
    one.content = { type: 'text', text: '***' };
    await send(one);
    expect(backend.got.map(textOf)).toEqual(['***']);
    expect(one).toMatchObject({ content: { type: 'text', text: 'new' }, extra: '{"a":1}', mentions: { users: ['bob'] } }); // prettier-ignore
    expect(one.input.content).toEqual({ type: 'text', text: 'old' });
  });

  it('keeps what it does not name', async () => {
    const { backend, attempt, send } = await world();
    backend.answer = () => change({ extra: 'e' });
    const one = attempt('text', { mentions: { all: true } });
    await send(one);
    expect(one).toMatchObject({ content: { type: 'text', text: 'text' }, extra: 'e', mentions: { all: true } }); // prettier-ignore
  });

  it('may hide a message from all but its sender', async () => {
    const { backend, attempt, send, released } = await world();
    backend.answer = () => '{"action":"refuse","silent":true,"message":"never seen"}';
    const one = attempt('spam');
    await send(one);
    expect(released).toEqual(['spam']);
    expect(one).toMatchObject({ audience: ['alice'], counts: false });
  });

  it.each([
    ['its name', { clientId: 'x' }],
    ['its place', { ref: 'u:carol' }],
    ['whether it is stored', { store: false }],
    ['its class', { content: { type: 'command', action: 'x' } }],
    ['it to typing', { content: { type: 'typing', state: 'begin' } }],
    ['it to more than the app allows', { content: { type: 'text', text: 'x'.repeat(20_000) } }],
  ])('that changes %s has failed', async (_name, input) => {
    const { backend, attempt, send, released } = await world({ 'webhook.before.onFailure': 'refuse' });
    backend.answer = () => change(input);
    await send(attempt('text'));
    expect(released).toEqual(['REFUSED_BY_HOOK']);
  });

  it('may change the type within its class', async () => {
    const { backend, attempt, send, released } = await world({ 'webhook.before.onFailure': 'refuse' });
    backend.answer = () => change({ content: { type: 'custom', flavour: 'plain', data: 'd' } });
    await send(attempt('text'));
    expect(released).toEqual(['custom']);
  });
});

it('a store that fails while it is asked refuses the send, retryable, and the next one goes on', async () => {
  const made = await world();
  const broken = new SendHook({ messages: { byClientId: () => Promise.reject(new MagpieError('STORE_UNAVAILABLE')) } } as unknown as Store, made.directory, new BeforeHooks(made.deps), checkSize); // prettier-ignore
  await expect(broken.guard(made.attempt('x'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});
