import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { lacksNats, startNats } from '@magpie/testkit/nats';
import { startPostgres, type TestPostgres } from '@magpie/testkit/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { signIn, textTo } from '../protocol/support.ts';

const RULES = fileURLToPath(new URL('../../deploy/prometheus/magpie.rules.yml', import.meta.url));

let postgres: TestPostgres;
let server: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
  server = await createTestServer({ env: { MAGPIE_STORE: await postgres.createDatabase() } });
}, 60_000);
afterAll(async () => {
  await server?.close();
  await postgres?.close();
});

/** Whether an alert's condition holds of what the server tells now. Only of the plain form `metric op number`. */
async function holds(alert: string, at: TestServer = server): Promise<boolean> {
  const { groups } = parse(readFileSync(RULES, 'utf8')) as { groups: { rules: { alert: string; expr: string }[] }[] }; // prettier-ignore
  const expr = groups.flatMap(({ rules }) => rules).find((rule) => rule.alert === alert)?.expr ?? '';
  const [, metric = '', operator = '', number = ''] = /^(\w+) (==|>=|>|<) ([\d.]+)$/.exec(expr) ?? [];
  if (metric === '') throw new Error(`${alert} is not of the plain form: ${expr}`);
  const text = await (await fetch(`${at.url}/metrics`)).text();
  const value = Number(new RegExp(`^${metric} (\\S+)$`, 'm').exec(text)?.[1]);
  const bound = Number(number);
  if (operator === '==') return value === bound;
  return operator === '>' ? value > bound : operator === '>=' ? value >= bound : value < bound;
}

it('a database that is away makes the node not ready, and the alert fires; both pass when it is back', async () => {
  await using alice = await signIn(server, 'alice');
  await alice.request('message.send', textTo('u:bob', 'before'));
  const ready = async () => {
    const response = await fetch(`${server.url}/readyz`);
    return { status: response.status, body: (await response.json()) as { reasons?: { part: string; reason: string }[] } }; // prettier-ignore
  };
  expect([(await ready()).status, await holds('MagpieStoreUnavailable')]).toEqual([200, false]);

  await postgres.halt();
  expect((await alice.refused('message.send', textTo('u:bob', 'meanwhile'))).code).toBe('STORE_UNAVAILABLE');
  const away = await ready();
  expect(away).toMatchObject({ status: 503, body: { reasons: [{ part: 'store' }] } });
  expect(JSON.stringify(away)).not.toMatch(/postgres:\/\/|magpie:/);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  // Metrics are told also while the store cannot say how much waits.
  expect(await holds('MagpieStoreUnavailable')).toBe(true);

  await postgres.resume();
  await expect.poll(async () => (await ready()).status, { timeout: 30_000, interval: 100 }).toBe(200);
  expect(await holds('MagpieStoreUnavailable')).toBe(false);
  await alice.request('message.send', textTo('u:bob', 'after'));
}, 60_000);

it('alerts that look at one figure are quiet on a server that is well', async () => {
  for (const alert of ['MagpieStoreUnavailable', 'MagpieBusDown', 'MagpieAppendQueueLong', 'MagpieUnderPressure']) expect(await holds(alert), alert).toBe(false); // prettier-ignore
});

describe.skipIf(lacksNats())('two nodes', () => {
  it('without their bus serve on and say so; the alert fires, and passes when they hear each other again', async () => {
    const nats = await startNats();
    const files = await mkdtemp(join(tmpdir(), 'magpie-outage-'));
    const env = { MAGPIE_STORE: await postgres.createDatabase(), MAGPIE_BUS: nats.url, MAGPIE_FILES: files, MAGPIE_MASTER_KEY: 'ab'.repeat(32) }; // prettier-ignore
    const first = await createTestServer({ env });
    const second = await createTestServer({ env });
    const bus = async () =>
      (await (await fetch(`${first.url}/readyz`)).json()) as { ok: boolean; bus: string };
    const peers = async () => Number(/^magpie_peers (\S+)$/m.exec(await (await fetch(`${first.url}/metrics`)).text())?.[1]); // prettier-ignore
    const soon = { timeout: 30_000, interval: 100 };
    await expect.poll(peers, soon).toBe(1);
    expect([await bus(), await holds('MagpieBusDown', first)]).toEqual([{ ok: true, bus: 'up' }, false]);

    await nats.kill();
    await expect.poll(bus, soon).toEqual({ ok: true, bus: 'down' });
    expect(await holds('MagpieBusDown', first)).toBe(true);
    await using alice = await signIn(first, 'alice');
    expect(await alice.request('message.send', textTo('u:bob', 'all the same'))).toMatchObject({
      stored: true,
    });

    await nats.restart();
    await expect.poll(bus, soon).toEqual({ ok: true, bus: 'up' });
    await expect.poll(peers, soon).toBe(1);
    expect(await holds('MagpieBusDown', first)).toBe(false);
    await alice.close();
    await Promise.all([first.close(), second.close()]);
    await nats.close();
    await rm(files, { recursive: true, force: true });
  }, 120_000);
});
