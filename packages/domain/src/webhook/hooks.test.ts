import { HOOK_EVENTS } from '@magpie/protocol';
import { describe, expect, it } from 'vitest';
import type { Store } from '../ports/store.ts';
import type { WriteOp } from '../ports/writes.ts';
import { hookedStore } from './hooked-store.ts';
import { HOOKS_CHANGED } from './hooks.ts';
import { hookRow, webhookWorld } from './test-support.ts';

const APPEND: WriteOp = { op: 'append', app: 'a', conv: 1, sender: 'u', clientId: 'c', fp: 0, type: 'text', cls: 'content', counts: true, notLast: false, receipt: false, audience: null, body: '{}', at: 1 }; // prettier-ignore
const CHANGE: WriteOp = { op: 'change', app: 'a', conv: 1, event: 'message.revoked', payload: '{}', at: 1 };
const LOG: WriteOp = { op: 'log', app: 'a', user: 'u', event: 'group.mine', convKey: null, payload: '{}', at: 1 }; // prettier-ignore
const OTHER: WriteOp = { op: 'member.dismissAll', conv: 1, at: 1 };

describe('the store with webhooks', () => {
  it('is the store itself where there are none', async () => {
    const { store, directory } = await webhookWorld();
    const ops = [APPEND, CHANGE, LOG, OTHER] as const;
    let given: readonly WriteOp[] | undefined;
    const bare = { commit: async (unit: readonly WriteOp[]) => void (given = unit) } as unknown as Store;
    await hookedStore(bare, directory).commit(ops);
    expect(given).toBe(ops);
    expect(directory.any).toBe(false);
    expect(store.done).toEqual([]);
  });

  it('names those who want an event beside each fact, also the inactive', async () => {
    const { store, directory } = await webhookWorld(
      hookRow('all'),
      hookRow('asleep', { events: ['message.created'], active: false, createdAt: 2 }),
      hookRow('revokes', { events: ['message.revoked'], createdAt: 3 }),
      hookRow('none', { events: [], createdAt: 4 }),
      hookRow('foreign', { app: 'b' }),
    );
    let woken = 0;
    directory.onQueued(() => void woken++);
    await hookedStore(store as unknown as Store, directory).commit([OTHER, APPEND, CHANGE, LOG]);
    expect(store.done.map((op) => ('hooks' in op ? op.hooks : undefined))).toEqual([undefined, ['all', 'asleep'], ['all', 'revokes'], ['all']]); // prettier-ignore
    expect(APPEND).not.toHaveProperty('hooks');
    expect(woken).toBe(1);
  });

  it('leaves a unit as it is when nobody wants what it tells of', async () => {
    const { directory } = await webhookWorld(hookRow('h', { events: ['presence.changed'] }));
    const ops = [APPEND, OTHER] as const;
    let given: readonly WriteOp[] | undefined;
    const bare = { commit: async (unit: readonly WriteOp[]) => void (given = unit) } as unknown as Store;
    await hookedStore(bare, directory).commit(ops);
    expect(given).toBe(ops);
  });
});

describe('the directory', () => {
  it('gives every event of the contract to `*`', async () => {
    const { directory } = await webhookWorld(hookRow('h'));
    for (const event of HOOK_EVENTS) expect(directory.events('a', event)).toEqual(['h']);
    expect(directory.events('a', 'message.hidden')).toBeUndefined();
    expect(directory.events('b', 'message.created')).toBeUndefined();
  });

  it('asks the oldest active hook, and none that is not active', async () => {
    const { directory, change } = await webhookWorld(
      hookRow('young', { before: ['message.send'], createdAt: 2 }),
      hookRow('old', { before: ['message.send'], createdAt: 1 }),
    );
    expect(directory.before('a', 'message.send')?.id).toBe('old');
    await change('old', { active: false });
    expect(directory.before('a', 'message.send')?.id).toBe('young');
    await change('young', { active: false });
    expect(directory.before('a', 'message.send')).toBeUndefined();
    expect(directory.asks).toBe(false);
  });

  it('reads anew when a hook or an app changed anywhere', async () => {
    const { store, bus, time, directory } = await webhookWorld();
    store.hooks = [hookRow('h')];
    bus.publish(HOOKS_CHANGED, '');
    await time.advance(0);
    expect(directory.any).toBe(true);
    store.hooks = [];
    bus.publish('magpie.apps.changed', '');
    await time.advance(0);
    expect(directory.any).toBe(false);
  });
});

describe('events without a stream', () => {
  it('go out by the outbox when somebody wants them', async () => {
    const { store, time, directory, backend } = await webhookWorld(hookRow('h', { events: ['presence.changed'] })); // prettier-ignore
    directory.emit('a', 'presence.changed', 'u:bob', '{"e":"presence.changed","d":"u:bob 1"}');
    directory.emit('a', 'room.changed', 'r:x', '{"e":"room.changed","d":"r:x 1"}');
    await time.advance(0);
    expect(backend.got.map(({ event }) => event)).toEqual(['u:bob 1']);
    expect(store.events).toEqual([]);
  });

  it('are lost rather than heaped up while the store is away', async () => {
    const { store, time, directory, backend } = await webhookWorld(hookRow('h'));
    const { commit } = store;
    const stuck: (() => void)[] = [];
    Object.assign(store, { commit: () => new Promise((_, reject) => stuck.push(() => reject(new Error('away')))) }); // prettier-ignore
    for (let i = 0; i < 3_000; i++) directory.emit('a', 'presence.changed', 'u:bob', '{}');
    expect(stuck).toHaveLength(1_000);
    for (const fail of stuck) fail();
    await time.advance(0);
    Object.assign(store, { commit });
    directory.emit('a', 'presence.changed', 'u:bob', '{"d":"u:bob 2"}');
    await time.advance(0);
    expect(backend.got.map(({ event }) => event)).toEqual(['u:bob 2']);
  });
});
