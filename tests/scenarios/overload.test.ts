import { randomUUID } from 'node:crypto';
import { LIMITS, type Output } from '@magpie/protocol';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn, textTo } from '../protocol/support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer({ settings: { 'limits.rate.user': 0, 'limits.rate.requests': 0 } });
});
afterAll(() => server.close());

const status = () => server.admin('node.status') as Promise<Output<'node.status'>>;

it('a peer that asks faster than it is answered is held back by its network; nothing is lost, others are served', async () => {
  await using alice = await signIn(server, 'alice');
  await using bob = await signIn(server, 'bob');
  const count = 6_000;
  const perFrame = LIMITS.frame.maxRequests;
  const answered = new Set<number>();
  const refused: { readonly code: string; readonly retryAfter?: number }[] = [];
  let most = 0;
  let read = 0;
  const takeAnswers = () => {
    most = Math.max(most, server.running.composition.monitor.reading().requests);
    for (; read < alice.frames.length; read++) {
      for (const reply of alice.frames[read]?.r ?? []) {
        answered.add(reply.id);
        if ('err' in reply) refused.push(reply.err);
      }
    }
    return answered.size >= count + 1;
  };
  for (let first = 1; first <= count; first += perFrame) {
    const q = Array.from({ length: Math.min(perFrame, count - first + 1) }, (_, i) => ({
      id: 10_000 + first + i,
      op: 'message.send',
      in: textTo('u:bob', `flood ${first + i}`, `f:${first + i}`),
    }));
    alice.raw(JSON.stringify({ q }));
  }
  await bob.request('message.send', textTo('u:carol', 'meanwhile'));
  expect(takeAnswers()).toBe(false);
  await alice.frame(() => takeAnswers());
  for (const error of refused) {
    expect(error.code).toBe('OVERLOADED');
    expect(error.retryAfter).toBeGreaterThan(0);
  }
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(LIMITS.connection.maxInFlight + perFrame);
  // What was taken is there, once, in the order it was sent.
  const page = await alice.request('message.list', { ref: 'u:bob', direction: 'older', limit: 100 });
  expect(page.lastSeq).toBe(count - refused.length);
  const numbers = page.entries.map((entry) => ('content' in entry && entry.content.type === 'text' ? Number(entry.content.text.slice(6)) : 0)); // prettier-ignore
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
});

it('an app may bound the sends of all its users together', async () => {
  await server.admin('app.update', { id: 'demo', settings: { 'limits.rate.app': 3 } });
  await using alice = await signIn(server, 'alice');
  await using bob = await signIn(server, 'bob');
  const sends = Array.from({ length: 10 }, (_, i) => (i % 2 ? alice : bob).request('message.send', textTo('u:dave', `${i}`))); // prettier-ignore
  const codes = (await Promise.allSettled(sends)).map((one) => one.status === 'rejected' ? (one.reason as { code: string }).code : 'ok'); // prettier-ignore
  expect(codes.filter((code) => code === 'RATE_LIMITED').length).toBeGreaterThanOrEqual(5);
  expect(codes).toContain('ok');
  expect((await status()).refused['RATE_LIMITED']).toBeGreaterThanOrEqual(5);
  await server.admin('app.update', { id: 'demo', settings: { 'limits.rate.app': null } });
});

it('an operator sees what the process carries', async () => {
  await using alice = await signIn(server, 'alice');
  await alice.request('message.send', textTo('u:bob', randomUUID()));
  const seen = await status();
  expect(seen).toMatchObject({
    connections: 1,
    sessions: 1,
    store: { ok: true },
    rooms: { count: 0, members: 0 },
    queues: { append: 0, webhooks: { waiting: 0, parked: 0 } },
  });
  expect([0, 1, 2, 3]).toContain(seen.pressure);
  expect(seen.memory.rss).toBeGreaterThan(1_000_000);
  expect(seen.version).toMatch(/^\d+\.\d+\.\d+/);
});
