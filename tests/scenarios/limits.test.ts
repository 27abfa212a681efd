import { randomUUID } from 'node:crypto';
import { CLOSE, LIMITS } from '@magpie/protocol';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn, textTo } from '../protocol/support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer();
});
afterAll(() => server.close());

it('sends beyond the rate are refused with the wait, and other users go on', async () => {
  await server.admin('app.update', {
    id: 'demo',
    settings: { 'limits.rate.user': 5, 'limits.rate.userBurst': 5 },
  });
  await using alice = await signIn(server, 'alice');
  await using bob = await signIn(server, 'bob');
  const answers = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => alice.request('message.send', textTo('u:bob', `m${i}`)))); // prettier-ignore
  const refused = answers.filter((answer) => answer.status === 'rejected').map(({ reason }) => reason as { code: string; retryAfter: number }); // prettier-ignore
  expect(refused.length).toBeGreaterThanOrEqual(4);
  for (const { code, retryAfter } of refused) {
    expect(code).toBe('RATE_LIMITED');
    expect(retryAfter).toBeGreaterThan(0);
  }
  await bob.request('message.send', textTo('u:alice', 'unhindered'));
  await server.admin('app.update', {
    id: 'demo',
    settings: { 'limits.rate.user': 0, 'limits.rate.userBurst': null },
  });
});

it('requests beyond the rate are refused too', async () => {
  await server.admin('app.update', { id: 'demo', settings: { 'limits.rate.requests': 3 } });
  await using carol = await signIn(server, 'carol');
  const answers = await Promise.allSettled(
    Array.from({ length: 12 }, () => carol.request('session.list', {})),
  );
  expect(answers.filter((answer) => answer.status === 'rejected').length).toBeGreaterThanOrEqual(5);
  await server.admin('app.update', { id: 'demo', settings: { 'limits.rate.requests': null } });
});

it('more requests at once than one connection may have are refused, the rest answered', async () => {
  await using dave = await signIn(server, 'dave');
  const count = LIMITS.connection.maxInFlight + 64;
  const answers = await Promise.allSettled(Array.from({ length: count }, (_, i) => dave.request('message.send', textTo('u:bob', `burst ${i}`)))); // prettier-ignore
  const codes = new Set(answers.map((answer) => (answer.status === 'rejected' ? (answer.reason as { code: string }).code : 'ok')));
  expect([...codes].filter((code) => code !== 'ok' && code !== 'OVERLOADED')).toEqual([]);
  expect(codes).toContain('ok');
}); // prettier-ignore

it('a peer that does not read is closed with a resumable code once its queue is full; its messages wait in the log', async () => {
  const slow = await signIn(server, 'bob', { instance: 'slow' });
  slow.pause();
  await using alice = await signIn(server, 'alice');
  const body = 'x'.repeat(11_000);
  const online = () => server.running.composition.domain.sessions.of('demo', 'bob').some(({ instance }) => instance === 'slow');
  let sent = 0;
  while (online() && sent < 4_000) {
    await Promise.all(Array.from({ length: 20 }, () => alice.request('message.send', { ...textTo('u:bob', body), clientId: `s:${randomUUID()}` })));
    sent += 20;
  }
  expect(sent).toBeLessThan(4_000);
  slow.resume();
  expect([CLOSE.SLOW_CONSUMER, 1006]).toContain((await slow.closed).code);
  await using again = await signIn(server, 'bob');
  const page = await again.request('message.list', { ref: 'u:alice', direction: 'older', limit: 1 });
  expect(page.lastSeq).toBeGreaterThanOrEqual(sent);
}, 60_000); // prettier-ignore
