import { connectRawClient } from '@magpie/testkit/raw-client';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn, textTo } from '../protocol/support.ts';
import { createBackend, type Backend } from './support/backend.ts';

let server: TestServer;
let backend: Backend;
beforeAll(async () => {
  backend = await createBackend();
  server = await createTestServer({
    env: { MAGPIE_OUTBOUND_ALLOW: '127.0.0.0/8', MAGPIE_METRICS_APPS: '2' },
    settings: { 'limits.rate.room': 5, 'limits.rate.user': 100_000, 'limits.rate.userBurst': 100_000 },
  });
});
afterAll(async () => {
  await server.close();
  await backend.stop();
});

const bearer = () => ({ authorization: `Bearer ${server.adminToken}` });

/** Samples as Prometheus reads them: name with labels → value. */
async function scrape(url = `${server.url}/metrics`): Promise<Map<string, number>> {
  const text = await (await fetch(url)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))])); // prettier-ignore
}
const sum = (samples: Map<string, number>, pattern: RegExp) =>
  [...samples].filter(([name]) => pattern.test(name)).reduce((total, [, value]) => total + value, 0);

describe('/metrics', () => {
  it('is for this machine or the operator, and not through a proxy or for anybody else', async () => {
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${server.url}/metrics`, { headers })).status;
    expect(await status({})).toBe(200);
    expect(await status({ 'x-forwarded-for': '203.0.113.9' })).toBe(403);
    expect(await status({ 'x-forwarded-for': '203.0.113.9', ...bearer() })).toBe(200);
    expect(await status({ authorization: 'Bearer x' })).toBe(403);
  });

  it('has an address of its own where one is given, and is then nowhere else', async () => {
    const other = await createTestServer({ env: { MAGPIE_METRICS: '127.0.0.1:0' } });
    const own = other.running.metricsUrl ?? '';
    expect((await scrape(own)).get('magpie_store_up')).toBe(1);
    expect((await fetch(`${other.url}/metrics`, { headers: bearer() })).status).toBe(404);
    await other.close();
    await expect(fetch(own)).rejects.toThrow();
  });

  it('is what Prometheus reads: each family with its help and type, histograms that add up', async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const type = new Map([...text.matchAll(/^# TYPE (\w+) (counter|gauge|histogram)$/gm)].map(([, name = '', kind = '']) => [name, kind])); // prettier-ignore
    const help = new Set([...text.matchAll(/^# HELP (\w+) \S.*$/gm)].map(([, name]) => name));
    expect([...type.keys()].filter((name) => !help.has(name))).toEqual([]);
    const label = String.raw`\w+="(?:[^"\\\n]|\\["\\n])*"`;
    const sample = new RegExp(`^(\\w+)(?:\\{${label}(?:,${label})*\\})? (?:-?[0-9.e+-]+|NaN|\\+Inf)$`);
    for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
      const name = sample.exec(line)?.[1] ?? '';
      expect(type.has(name) || type.has(name.replace(/_(bucket|sum|count)$/, '')), line).toBe(true);
      if (name.startsWith('magpie_') && name.endsWith('_total')) expect(type.get(name)).toBe('counter');
    }
    const samples = await scrape();
    const buckets = [...samples].filter(([name]) => name.startsWith('magpie_commit_seconds_bucket'));
    buckets.reduce((least, [name, value]) => {
      expect(value, name).toBeGreaterThanOrEqual(least);
      return value;
    }, 0);
    expect(buckets.at(-1)).toEqual(['magpie_commit_seconds_bucket{le="+Inf"}', samples.get('magpie_commit_seconds_count')]); // prettier-ignore
  });

  it('counts requests, errors, messages and commits', async () => {
    const before = await scrape();
    await using alice = await signIn(server, 'alice');
    for (let i = 0; i < 10; i++) await alice.request('message.send', textTo('u:bob', 'x'));
    await alice.refused('message.send', { ...textTo('u:bob', 'x'), more: 1 });
    await alice.refused('no.such', {});
    await server.admin('message.list', { ref: 'u:bob', direction: 'older', limit: 1 }, { user: 'alice' });
    const after = await scrape();
    const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    expect(grown('magpie_requests_total{operation="message.send"}')).toBe(11);
    expect(grown('magpie_request_errors_total{operation="message.send",code="BAD_REQUEST"}')).toBe(1);
    expect(grown('magpie_request_errors_total{operation="unknown",code="UNKNOWN_OPERATION"}')).toBe(1);
    expect(grown('magpie_requests_total{operation="message.list"}')).toBe(1);
    expect(grown('magpie_request_seconds_count{operation="message.send"}')).toBeGreaterThan(0);
    expect(grown('magpie_app_messages_total{app="demo"}')).toBe(10);
    expect(grown('magpie_commit_seconds_count')).toBeGreaterThanOrEqual(10);
    expect(grown('magpie_frames_sent_total')).toBeGreaterThanOrEqual(12);
    expect(after.get('magpie_sessions')).toBe(1);
    expect(after.get('magpie_app_sessions{app="demo"}')).toBe(1);
    expect(after.get('magpie_store_bytes')).toBeGreaterThan(100_000);
    expect(after.get('magpie_disk_free_bytes')).toBeGreaterThan(0);
  });

  it('tells of what is dropped, of rooms and of peers that do not read', async () => {
    const before = await scrape();
    await using alice = await signIn(server, 'alice');
    const made = (await server.admin('room.create', { id: 'watched', kind: 'live', name: 'Watched' })) as { room: { id: string } }; // prettier-ignore
    await alice.request('room.enter', { id: made.room.id });
    const low = () => ({ ...textTo('r:watched', 'x'), priority: 'low' }) as never;
    await Promise.all(Array.from({ length: 40 }, () => alice.request('message.send', low())));
    const after = await scrape();
    const grown = (pattern: RegExp) => sum(after, pattern) - sum(before, pattern);
    expect(grown(/^magpie_room_dropped_total\{.*priority="low"/)).toBeGreaterThan(0);
    expect(grown(/^magpie_room_messages_total/)).toBeGreaterThan(0);
    expect([after.get('magpie_rooms'), after.get('magpie_room_members')]).toEqual([1, 1]);
    const stranger = await connectRawClient(server.url);
    stranger.raw('{');
    await stranger.closed;
    expect((await scrape()).get('magpie_connections_closed_total{reason="FRAME_UNREADABLE"}')).toBe(1);
  });

  it('tells how long apps’ back ends take, and how far webhooks are behind', async () => {
    const { webhook } = (await server.admin('webhook.create', { url: `${backend.url}/both`, before: ['message.send'], events: ['message.created'] })) as { webhook: { id: string } }; // prettier-ignore
    await using alice = await signIn(server, 'alice');
    backend.answer = ({ body }) => (body.before === undefined ? 500 : 200);
    await alice.request('message.send', textTo('u:bob', 'asked about'));
    // The second attempt: the first has failed and was written down as such.
    await backend.until((got) => got.filter(({ body }) => body.event).length >= 2);
    const samples = await scrape();
    expect(samples.get('magpie_before_hook_seconds_count')).toBe(1);
    expect(samples.get('magpie_before_hook_failures_total')).toBe(0);
    expect(samples.get('magpie_webhooks_waiting')).toBe(1);
    expect(samples.get('magpie_webhooks_behind_seconds')).toBeGreaterThan(0);
    await server.admin('webhook.remove', { id: webhook.id });
    expect((await scrape()).get('magpie_webhooks_behind_seconds')).toBe(0);
  });

  it('names no more apps than it should, and no user or room at all', async () => {
    for (const id of ['one', 'two', 'three'])
      await server.admin('app.create', { id, name: id, doors: [], settings: { registration: 'open' } });
    for (const app of ['one', 'two', 'two', 'three'])
      await server.admin('user.register', { userId: 'somebody' }, { app }).catch(() => undefined);
    const samples = await scrape();
    const apps = [...samples.keys()].flatMap((name) => /^magpie_app_requests_total\{app="(.*)"\}$/.exec(name)?.[1] ?? []); // prettier-ignore
    expect(apps.length).toBe(3);
    expect(apps).toContain('demo');
    expect(apps).toContain('other');
    for (const name of samples.keys()) expect(name).not.toMatch(/alice|somebody|watched/);
  });
});

describe('request ids', () => {
  it('are taken from whoever asks if they are sane, else made, and told in every answer', async () => {
    const idOf = async (path: string, id?: string) =>
      (await fetch(`${server.url}${path}`, id === undefined ? {} : { headers: { 'x-request-id': id } })).headers.get('x-request-id'); // prettier-ignore
    expect(await idOf('/healthz', 'a-b.C_1:2/3')).toBe('a-b.C_1:2/3');
    const made = await Promise.all([idOf('/healthz'), idOf('/v1/no.such'), idOf('/nothing', 'x'.repeat(65)), idOf('/healthz', 'a b'), idOf('/healthz', '"}')]); // prettier-ignore
    expect(new Set(made).size).toBe(5);
    for (const id of made) expect(id).toMatch(/^[0-9a-f]{10}-[0-9a-z]+$/);
    const failed = await fetch(`${server.url}/v1/session.list`, { method: 'POST', headers: { 'x-request-id': 'mine', 'authorization': 'Bearer x' } }); // prettier-ignore
    expect([failed.status, failed.headers.get('x-request-id')]).toEqual([401, 'mine']);
  });
});

describe('/readyz', () => {
  it('is cheap, kept by nobody, and true', async () => {
    const ready = await fetch(`${server.url}/readyz`);
    expect([ready.status, ready.headers.get('cache-control'), await ready.json()]).toEqual([200, 'no-store', { ok: true }]); // prettier-ignore
  });
});
