import {
  effectiveSettings,
  HOOKABLE,
  MagpieError,
  OPERATIONS,
  type OperationDefinition,
} from '@magpie/protocol';
import { describe, expect, it } from 'vitest';
import type { Ctx } from '../core/context.ts';
import { BeforeHooks, CHANGEABLE } from './before.ts';
import { HANG, hookRow, refused, webhookWorld, type FakeBackend } from './test-support.ts';

const OP = OPERATIONS.get('group.create') as OperationDefinition;
const INPUT = { kind: 'work', name: 'Lunch', members: ['bob'] };

async function world(settings: Record<string, unknown> = {}, more = {}) {
  const made = await webhookWorld(hookRow('h', { before: ['group.create'], ...more }));
  const before = new BeforeHooks(made.deps);
  const ctx: Ctx = { app: { id: 'a', name: 'a', doors: [], createdAt: 0, settings: effectiveSettings(settings) }, caller: 'user', userId: 'alice' }; // prettier-ignore
  /** What came of it: the input to go on with, or the error. */
  const check = async (input: unknown = INPUT) => {
    try {
      return (await before.check(ctx, OP, input)) ?? input;
    } catch (error) {
      return error instanceof MagpieError ? error.toShape() : error;
    }
  };
  return { ...made, before, ctx, check };
}

const says = (backend: FakeBackend, answer: unknown) => {
  backend.answer = () => (typeof answer === 'object' ? JSON.stringify(answer) : (answer as string | number));
};

describe('a before hook', () => {
  it('is told who wants what, signed', async () => {
    const { backend, check, time } = await world();
    await check();
    expect(backend.got).toHaveLength(1);
    expect(backend.got[0]?.body).toEqual({ id: 'btext2', app: 'a', at: time.now(), before: 'group.create', user: 'alice', input: INPUT }); // prettier-ignore
    expect(backend.got[0]?.headers['magpie-signature']).toMatch(/^t=\d+,v1=secret of h</);
  });

  it.each([
    ['an empty answer', ''],
    ['allow', { action: 'allow' }],
    ['204', 204],
  ])('lets pass with %s', async (_name, answer) => {
    const { backend, check } = await world({ 'webhook.before.onFailure': 'refuse' });
    says(backend, answer);
    expect(await check()).toBe(INPUT);
  });

  it.each([
    [{ action: 'refuse' }, { code: 'REFUSED_BY_HOOK', message: 'The app refused this.' }],
    [{ action: 'refuse', message: 'Not on Sundays', code: 120_001 }, { code: 'REFUSED_BY_HOOK', message: 'Not on Sundays', detail: { code: 120_001 } }],
    [{ action: 'refuse', message: 'x'.repeat(900), code: '7' }, { code: 'REFUSED_BY_HOOK', message: 'x'.repeat(300) }],
    [{ action: 'refuse', message: 7, code: 1.5 }, { code: 'REFUSED_BY_HOOK', message: 'The app refused this.' }],
  ])('refuses with %j', async (answer, error) => {
    const { backend, check } = await world();
    says(backend, answer);
    expect(await check()).toEqual(error);
  }); // prettier-ignore

  it('changes fields of the input, and those alone', async () => {
    const { backend, check } = await world();
    says(backend, { action: 'change', input: { name: 'Brunch', members: [] } });
    expect(await check()).toEqual({ kind: 'work', name: 'Brunch', members: [] });
  });

  it.each([
    ['status 500', 500, 'HTTP 500'],
    ['a redirect', 302, 'HTTP 302'],
    ['no JSON', '<html>', 'the answer is not JSON'],
    ['a list', '[]', 'the answer is not a JSON object'],
    ['another action', { action: 'explode' }, 'the answer’s action is none of allow, refuse, change'],
    ['no action', {}, 'the answer’s action is none of allow, refuse, change'],
    ['a change of nothing', { action: 'change' }, 'change names no input'],
    ['a change of a name', { action: 'change', input: { id: 'x' } }, 'the answer may not change id'],
    ['a change that does not fit', { action: 'change', input: { name: 7 } }, /does not fit: name: /],
    ['a change beyond the contract', { action: 'change', input: { members: ['a b'] } }, /does not fit: members.0/],
  ])('that answers %s has failed: the app’s settings decide, and operators see it', async (_name, answer, error) => {
    for (const onFailure of ['allow', 'refuse']) {
      const { backend, check, before, directory } = await world({ 'webhook.before.onFailure': onFailure });
      says(backend, answer);
      expect(await check()).toEqual(onFailure === 'allow' ? INPUT : expect.objectContaining({ code: 'REFUSED_BY_HOOK' }));
      const hook = directory.get('a', 'h');
      expect(hook && before.lastError(hook)).toMatch(/^before group\.create, 2023-\S+, failure 1: /);
      expect(hook && before.lastError(hook)).toMatch(error);
    }
  }); // prettier-ignore

  it.each(['allow', 'refuse'])(
    'that hangs is waited for as long as the app says, then: %s',
    async (onFailure) => {
      const { backend, check, time } = await world({ 'webhook.before.timeout': 700, 'webhook.before.onFailure': onFailure }); // prettier-ignore
      backend.answer = () => HANG;
      let came: unknown;
      const done = check().then((value) => (came = value));
      await time.advance(699);
      expect(came).toBeUndefined();
      await time.advance(1);
      await done;
      expect(came).toEqual(
        onFailure === 'allow' ? INPUT : expect.objectContaining({ code: 'REFUSED_BY_HOOK' }),
      );
    },
  );

  it('that is silent time after time is left alone for a while, so that people need not wait', async () => {
    const { backend, check, time } = await world();
    backend.answer = () => HANG;
    for (let i = 0; i < 5; i++) {
      const done = check();
      await time.advance(2_000);
      await done;
    }
    expect(backend.got).toHaveLength(5);
    expect(await check()).toBe(INPUT);
    expect(backend.got).toHaveLength(5);
    await time.advance(5_000);
    // One goes ahead, the others are spared.
    const probe = check();
    expect(await check()).toBe(INPUT);
    expect(backend.got).toHaveLength(6);
    backend.answer = () => '{"action":"refuse"}';
    await time.advance(2_000);
    await probe;
    await time.advance(5_000);
    expect(await check()).toMatchObject({ code: 'REFUSED_BY_HOOK' });
    expect(await check()).toMatchObject({ code: 'REFUSED_BY_HOOK' });
  });

  it('that answers badly is asked every time: nobody gets by through making it stumble', async () => {
    const { backend, check } = await world();
    says(backend, 500);
    for (let i = 0; i < 20; i++) await check();
    expect(backend.got).toHaveLength(20);
  });

  it('that refuses connections is silent too', async () => {
    const { backend, check } = await world();
    backend.answer = refused;
    for (let i = 0; i < 20; i++) expect(await check()).toBe(INPUT);
    expect(backend.got).toHaveLength(5);
  });

  it('is not asked about what the back end itself does, nor while it is not active, nor about other operations', async () => {
    const { before, ctx, change, backend } = await world();
    expect(before.check({ ...ctx, caller: 'admin' }, OP, INPUT)).toBeUndefined();
    expect(before.check(ctx, OPERATIONS.get('group.join') as OperationDefinition, {})).toBeUndefined();
    await change('h', { active: false });
    expect(before.check(ctx, OP, INPUT)).toBeUndefined();
    expect(backend.got).toEqual([]);
  });
});

it('says of every operation that may be asked about what may be changed, in fields the contract has', () => {
  expect(new Set(Object.keys(CHANGEABLE))).toEqual(HOOKABLE);
  for (const [operation, fields] of Object.entries(CHANGEABLE)) {
    const input = OPERATIONS.get(operation)?.input as unknown as { entries: Record<string, unknown> };
    for (const field of fields) expect(Object.keys(input.entries)).toContain(field);
    for (const name of ['id', 'ref', 'clientId']) expect(fields).not.toContain(name);
  }
});
