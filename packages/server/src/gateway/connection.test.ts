import type { Domain } from '@magpie/domain';
import { LIMITS, MagpieError, PROTOCOL_VERSION } from '@magpie/protocol';
import { pino } from 'pino';
import { afterEach, expect, it, vi } from 'vitest';
import { CoarseClock } from '../metrics/clock.ts';
import { Meter } from '../metrics/meter.ts';
import { createWatch } from '../metrics/watch.ts';
import { Connection } from './connection.ts';
import { Flusher } from './flusher.ts';
import { Turns } from './turns.ts';

/** For a machine that does much else. */
const within = { timeout: 20_000, interval: 20 };

const { requestsPerTurn, maxInFlight } = LIMITS.connection;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
afterEach(() => {
  vi.useRealTimers();
});

/** A connection that is signed in; what is asked of the domain is answered by `run`. */
async function connect(run: (n: number) => Promise<unknown>) {
  const asked: number[] = [];
  const said: string[] = [];
  const domain = {
    openSession: () => Promise.resolve({ session: { userId: 'alice' }, output: {}, app: { id: 'demo' } }),
    sessions: { detach: () => undefined },
    run: (_op: string, _ctx: unknown, input: { cursor: string }) => {
      asked.push(Number(input.cursor));
      return run(Number(input.cursor));
    },
  };
  const turns = new Turns();
  const socket = {
    reading: true,
    queued: 0,
    closed: 0,
    send: (frame: Buffer | string) => said.push(frame.toString()),
    close: (code: number) => (socket.closed = code),
    pause: () => (socket.reading = false),
    resume: () => (socket.reading = true),
  };
  const clock = new CoarseClock();
  const meter = new Meter(clock, 20);
  const closes: string[] = [];
  const watch = createWatch({ meter, log: pino({ level: 'silent' }), slow: 0, onRefused: () => undefined });
  const connection = new Connection({ domain: domain as unknown as Domain, flusher: new Flusher(Infinity), now: Date.now, accepting: () => true, turns, watch, onClose: (why) => closes.push(why), onOpened: () => undefined, onGone: () => undefined }, socket, ''); // prettier-ignore
  const open = { token: 'x', instance: 'one', platform: 'web', protocol: PROTOCOL_VERSION };
  connection.receive(JSON.stringify({ q: [{ id: 1, op: 'session.open', in: open }] }));
  await turn();
  await turn();
  const ask = (from: number, count = 1) => {
    const q = Array.from({ length: count }, (_, i) => ({ id: from + i, op: 'conversation.list', in: { limit: 1, cursor: `${from + i}` } })); // prettier-ignore
    connection.receive(JSON.stringify({ q }));
  };
  return { asked, said, socket, turns, connection, ask, meter, closes };
}

it('begins no more in a turn than its share; the rest waits in order, unread meanwhile', async () => {
  const { asked, socket, ask } = await connect(() => Promise.resolve({}));
  for (let n = 1; n <= 100; n++) ask(n);
  expect(asked.length).toBe(requestsPerTurn);
  expect(socket.reading).toBe(false);
  await vi.waitFor(() => expect(socket.reading).toBe(true), within);
  expect(asked).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
});

it('a peer that is told OVERLOADED is not read for as long', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { asked, socket, ask } = await connect((n) =>
    n === 1 ? Promise.reject(new MagpieError('OVERLOADED', { retryAfter: 200 })) : Promise.resolve({}),
  );
  ask(1);
  await turn();
  ask(2);
  expect(socket.reading).toBe(false);
  vi.advanceTimersByTime(199);
  await turn();
  expect(asked).toEqual([1]);
  vi.advanceTimersByTime(102);
  await turn();
  await turn();
  expect(asked).toEqual([1, 2]);
  expect(socket.reading).toBe(true);
});

it('is read again when half of what is under way is done', async () => {
  const done: (() => void)[] = [];
  const { socket, ask } = await connect(() => new Promise<void>((resolve) => done.push(resolve)));
  while (done.length < maxInFlight) {
    ask(done.length + 1, 50);
    await turn();
    await turn();
    if (!socket.reading) break;
  }
  expect(socket.reading).toBe(false);
  const most = done.length;
  expect(most).toBeLessThan(maxInFlight + 50);
  for (const resolve of done.splice(0, most - maxInFlight / 2)) resolve();
  await vi.waitFor(() => expect(socket.reading).toBe(true), within);
});

it('closes with a resumable code when more waits than is kept', async () => {
  const { socket, connection, ask } = await connect(() => Promise.resolve({}));
  ask(1, requestsPerTurn);
  const long = JSON.stringify({ q: [{ id: 1, op: 'x'.repeat(200_000) }] });
  for (let n = 0; n < 25; n++) connection.receive(long);
  await vi.waitFor(() => expect(socket.closed).toBe(4303), within);
});

it('is counted: requests, errors and messages of its app, and why it was closed', async () => {
  const { meter, connection, ask, closes } = await connect((n) =>
    n % 2 === 0 ? Promise.reject(new MagpieError('NOT_MEMBER')) : Promise.resolve({}),
  );
  ask(1, 10);
  // The first of its own is the one that opened the session.
  await vi.waitFor(() => expect(meter.apps.of('demo').requests).toBe(11), within);
  connection.receive(JSON.stringify({ q: [{ id: 99, op: 'no.such', in: {} }] }));
  await turn();
  const list = meter.operation('conversation.list');
  expect([list.count, list.errors, meter.apps.of('demo').errors]).toEqual([10, { NOT_MEMBER: 5 }, 6]);
  expect(meter.operation('no.such').name).toBe('unknown');
  expect(meter.operation('unknown').errors).toEqual({ UNKNOWN_OPERATION: 1 });
  // One in seven is timed, the first of them.
  expect(list.latency.counts.reduce((a, b) => a + b)).toBe(2);
  connection.end('EXPIRED');
  await vi.waitFor(() => expect(closes).toEqual(['EXPIRED']), within);
});

it('that leaves answers what is under way, takes nothing more, and closes so that it may be resumed', async () => {
  const done: (() => void)[] = [];
  const { connection, ask, asked, said, socket } = await connect(() => new Promise<void>((resolve) => done.push(resolve))); // prettier-ignore
  ask(1, 2);
  await turn();
  connection.leave();
  ask(3);
  await turn();
  expect([asked, socket.closed]).toEqual([[1, 2], 0]);
  for (const resolve of done) resolve();
  await vi.waitFor(() => expect(socket.closed).toBe(4300), within);
  expect(said.join('')).toContain('"id":2,"ok"');
});
