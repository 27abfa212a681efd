import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signUserSig } from '@magpie/credentials';
import { Timers, type Store, type TimerHandler, type TimersOptions, type WriteOp } from '@magpie/domain';
import type { Presence } from '@magpie/protocol';
import { openStore } from '@magpie/store-sql';
import { connectRawClient } from '@magpie/testkit/raw-client';
import { freePort, startServerProcess, type ServerProcess } from '@magpie/testkit/server-process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'magpie-timers-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const clock = { now: Date.now };
const scheduler = {
  after: (ms: number, run: () => void) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** A node's timers on a store; what they do stands in the log of a user. */
function nodeOn(store: Store, name: string, options: TimersOptions, handler?: TimerHandler) {
  const random = { text: () => name, digits: () => '1' };
  const timers = new Timers({ store, clock, scheduler, random }, { poll: 50, ...options });
  const runs: string[] = [];
  timers.register('note', async (timer) => {
    runs.push(timer.id);
    return handler ? handler(timer) : { ops: [noteOp(timer.id)] };
  });
  return { timers, runs };
}

function noteOp(text: string): WriteOp {
  return { op: 'log', app: 'a', user: 'u', event: 'user.updated', convKey: null, payload: JSON.stringify(text), at: 1 }; // prettier-ignore
}

async function open(): Promise<Store> {
  return openStore(`sqlite:${join(folder, 'magpie.db')}`);
}

async function prepare(store: Store): Promise<void> {
  await store.commit([
    { op: 'app.create', row: { id: 'a', name: '', settings: {}, createdAt: 1 } },
    { op: 'user.create', app: 'a', id: 'u', fold: 'u', unique: true, profile: {}, passwordHash: null, at: 1 },
  ]);
}

async function effects(store: Store): Promise<string[]> {
  const { rows } = await store.users.log('a', 'u', 0, 1_000);
  return rows.map(({ payload }) => JSON.parse(payload) as string);
}

const within = { timeout: 15_000, interval: 20 };

describe('timers on SQLite', () => {
  it('fire once after a crash, those begun before it as well', async () => {
    const first = await open();
    await prepare(first);
    const dying = nodeOn(first, 'one', { closeWithin: 0 }, () => new Promise(() => undefined));
    const put = (id: string, dueAt: number) => dying.timers.putOp({ id, app: 'a', kind: 'note', dueAt, payload: '' }); // prettier-ignore
    await first.commit([
      put('begun', 1),
      put('not yet', Date.now() + 20_000),
      put('far', Date.now() + 3_600_000),
    ]);
    // A unit that failed leaves none of its timers.
    await expect(first.commit([put('never', 1), { op: 'timer.done', id: 'begun', owner: 'nobody' }])).rejects.toThrow('stale'); // prettier-ignore
    dying.timers.start();
    await vi.waitFor(() => expect(dying.runs).toEqual(['begun']), within);
    await dying.timers.close();
    await first.close();

    const second = await open();
    // The first node's lease was of 30 s: a clock that is so far ahead has seen it end.
    const later = { now: () => Date.now() + 31_000 };
    const random = { text: () => 'two', digits: () => '1' };
    const timers = new Timers({ store: second, clock: later, scheduler, random }, { poll: 50 });
    const attempts: Record<string, number[]> = {};
    timers.register('note', async ({ id, attempts: before }) => {
      (attempts[id] ??= []).push(before);
      return { ops: [noteOp(id)] };
    });
    timers.start();
    await vi.waitFor(async () => expect(await timers.count()).toBe(1), within);
    await timers.close();
    expect(attempts).toEqual({ begun: [1], 'not yet': [0] });
    expect((await effects(second)).sort()).toEqual(['begun', 'not yet']);
    await second.close();
  });

  it('on two nodes run once each, whoever put them', async () => {
    const store = await open();
    await prepare(store);
    const nodes = ['one', 'two'].map((name) => nodeOn(store, name, { atOnce: 8 }));
    for (const { timers } of nodes) timers.start();
    const ids = Array.from({ length: 200 }, (_, i) => `t${i}`);
    for (const [i, id] of ids.entries()) {
      const { timers } = nodes[i % 2]!;
      const dueAt = Date.now() + (i % 10) * 40;
      await store.commit([timers.putOp({ id, app: 'a', kind: 'note', dueAt, payload: '' })]);
      timers.noted(dueAt);
    }
    await vi.waitFor(async () => expect(await store.timers.count()).toBe(0), within);
    for (const { timers } of nodes) await timers.close();
    expect(nodes.flatMap(({ runs }) => runs).sort()).toEqual([...ids].sort());
    expect((await effects(store)).sort()).toEqual([...ids].sort());
    for (const { runs } of nodes) expect(runs.length).toBeGreaterThan(0);
    await store.close();
  });

  it('that outlive a lease are taken over, and only one of the two has its effect', async () => {
    const store = await open();
    await prepare(store);
    let finish: () => void = () => undefined;
    const slow = nodeOn(store, 'slow', { lease: 200 }, (timer) => new Promise((resolve) => (finish = () => resolve({ ops: [noteOp(`slow ${timer.id}`)] })))); // prettier-ignore
    await store.commit([slow.timers.putOp({ id: 'x', app: 'a', kind: 'note', dueAt: 1, payload: '' })]);
    slow.timers.start();
    await vi.waitFor(() => expect(slow.runs).toEqual(['x']), within);
    // Its node no longer looks, as when its loop is stuck.
    const closing = slow.timers.close();
    const quick = nodeOn(store, 'quick', {});
    quick.timers.start();
    await vi.waitFor(async () => expect(await store.timers.count()).toBe(0), within);
    finish();
    await closing;
    await quick.timers.close();
    expect(await effects(store)).toEqual(['x']);
    await store.close();
  });
});

describe('a server that was killed', () => {
  const adminToken = 'test-admin-token-of-32-characters';
  const door = { kind: 'tim', id: 1400000779, secret: 'timer-test-secret' };

  async function admin(url: string, operation: string, input: unknown, user?: string): Promise<unknown> {
    const response = await fetch(`${url}/v1/${operation}`, {
      method: 'POST',
      headers: { 'authorization': `Bearer ${adminToken}`, 'content-type': 'application/json', 'magpie-app': 'own', ...(user ? { 'magpie-user': user } : {}) },
      body: JSON.stringify(input),
    }); // prettier-ignore
    if (!response.ok) throw new Error(`${operation}: ${await response.text()}`);
    return response.json();
  }

  it('fires what fell due meanwhile, once; who was there dropped when last heard of', async () => {
    const port = await freePort();
    const env = { MAGPIE_ADMIN_TOKEN: adminToken, MAGPIE_OUTBOUND_ALLOW: '127.0.0.1' };
    const start = (): Promise<ServerProcess> => startServerProcess({ dataFolder: folder, port, env });
    const before = await start();
    const { url } = before;
    await admin(url, 'app.create', { id: 'own', name: '', doors: [door] });
    const { webhook } = (await admin(url, 'webhook.create', { url: 'http://127.0.0.1:8080/', events: ['presence.changed'] })) as { webhook: { id: string } }; // prettier-ignore
    // What it is told waits, to be counted.
    await admin(url, 'webhook.update', { id: webhook.id, active: false });
    const waiting = async () => ((await admin(url, 'webhook.list', {})) as { webhooks: { waiting: number }[] }).webhooks[0]!.waiting; // prettier-ignore
    const client = await connectRawClient(url);
    const token = signUserSig({ sdkAppId: door.id, secret: door.secret, userId: 'eve', now: Date.now() });
    await client.request('session.open', { token, instance: 'a', platform: 'web', protocol: 1 });
    await vi.waitFor(async () => expect(await waiting()).toBe(1), within);
    const asked = Date.now();
    await client.request('sync.ack', { position: { userSeq: 0, at: Date.now() } });
    const heard = Date.now();
    await client.request('presence.set', { custom: 'soon over', customSeconds: 1 });
    const until = Date.now() + 1_000;
    await vi.waitFor(async () => expect(await waiting()).toBe(2), within);
    await before.stop('SIGKILL');
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(until), within);

    const after = await start();
    await vi.waitFor(async () => expect(await waiting()).toBe(3), within);
    const { presences } = (await admin(url, 'presence.get', { users: ['eve'] })) as { presences: Presence[] };
    expect(presences).toMatchObject([{ userId: 'eve', state: 'dropped', devices: [] }]);
    expect(presences[0]).not.toHaveProperty('custom');
    expect(presences[0]!.at).toBeGreaterThanOrEqual(asked);
    expect(presences[0]!.at).toBeLessThanOrEqual(heard);
    await after.stop('SIGTERM');
    const store = await open();
    expect(await store.timers.count()).toBe(0);
    await store.close();
  }, 120_000);
});
