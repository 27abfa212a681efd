import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bus } from '@magpie/domain';
import { createCutProxy } from '@magpie/testkit/cut-proxy';
import { lacksNats, startNats } from '@magpie/testkit/nats';
import { connect } from '@nats-io/transport-node';
import { afterEach, describe, expect, it } from 'vitest';
import { createNatsBus, NatsBusError, type NatsBusOptions } from '../src/index.ts';

const run = promisify(execFile);
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function server(config = '') {
  const nats = await startNats({ config });
  ends.push(() => nats.close());
  return nats;
}

async function open(options: NatsBusOptions): Promise<Bus> {
  const bus = await createNatsBus(options);
  ends.push(() => bus.close());
  return bus;
}

/** Resolves with what the first subscriber of `to` hears of what `from` says. */
async function passes(from: Bus, to: Bus): Promise<string> {
  let again: NodeJS.Timeout | undefined;
  const heard = await new Promise<string>((resolve) => {
    to.subscribe('probe', resolve);
    again = setInterval(() => from.publish('probe', 'heard'), 20);
  });
  clearInterval(again);
  return heard;
}

describe.skipIf(lacksNats())('the bus over a real nats-server', () => {
  it('is not made where nobody answers; the error names the setting, and no credentials', async () => {
    const nats = await server();
    await nats.kill();
    const url = nats.url.replace('//', '//somebody:hush@');
    const error = await createNatsBus({ url, prefix: 'p' }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NatsBusError);
    expect(String(error)).toMatch(new RegExp(`MAGPIE_BUS.*${nats.url}.*refused.*Start nats-server`));
    expect(String(error)).not.toMatch(/hush|somebody/);
  });

  it('shows who it is: user and password, or a token', async () => {
    const users = await server('authorization { user: magpie, password: "p@ss,word" }');
    const tokens = await server('authorization { token: "a%token" }');
    for (const [nats, right, wrong] of [
      [users, 'magpie:p%40ss%2Cword@', 'magpie:wrong@'],
      [tokens, 'a%25token@', ''],
    ] as const) {
      const good = { url: nats.url.replace('//', `//${right}`), prefix: 'p' };
      expect(await passes(await open(good), await open(good))).toBe('heard');
      const bad = createNatsBus({ ...good, url: nats.url.replace('//', `//${wrong}`) });
      await expect(bad).rejects.toThrow(/MAGPIE_BUS.*Put the right user:password@ or token@/);
    }
  });

  it('goes on trying when it is refused on its way back', async () => {
    const nats = await server();
    let refused: (() => void) | undefined;
    const refusal = new Promise<void>((resolve) => (refused = resolve));
    const bus = await open({
      url: nats.url,
      prefix: 'p',
      report: (what) => /refuses/.test(what) && refused?.(),
    });
    const back = new Promise<void>((resolve) => bus.onStatus((up) => up && resolve()));
    await nats.restart('authorization { token: other }');
    await refusal;
    await nats.restart('');
    await back;
    expect(await passes(bus, await open({ url: nats.url, prefix: 'p' }))).toBe('heard');
  });

  it('takes the next server when one is gone', async () => {
    const [one, two] = [await server(), await server()];
    await one.kill();
    const bus = await open({ url: `${one.url},${two.url}`, prefix: 'p' });
    const back = new Promise<void>((resolve) => bus.onStatus((up) => up && resolve()));
    await one.restart();
    await two.kill();
    await back;
    expect(await passes(bus, await open({ url: one.url, prefix: 'p' }))).toBe('heard');
  });

  it('drops what is larger than the server takes, says so, and stays', async () => {
    const nats = await server('max_payload: 1000');
    const reports: unknown[] = [];
    const options = { url: nats.url, prefix: 'p', report: (...all: unknown[]) => void reports.push(all) };
    const [a, b] = [await open(options), await open(options)];
    const [own, other]: [string[], string[]] = [[], []];
    a.subscribe('x', (data) => own.push(data));
    const told = new Promise<void>((resolve) => {
      b.subscribe('x', (data) => {
        other.push(data);
        if (data === 'end') resolve();
      });
    });
    await passes(a, b);
    const [fits, large] = ['é'.repeat(500), 'é'.repeat(501)];
    for (const data of [large, fits, 'end']) a.publish('x', data);
    await told;
    expect(own).toEqual([large, fits, 'end']);
    expect(other).toEqual([fits, 'end']);
    expect(reports).toEqual([['the bus dropped data', expect.objectContaining({ message: expect.stringContaining('1000 bytes') as string }), { subject: 'p.x', bytes: 1002 }]]); // prettier-ignore
  });

  it('gives a server up that does not keep up, before memory fills', async () => {
    const nats = await server();
    const reports: string[] = [];
    const bus = await open({ url: nats.url, prefix: 'p', report: (what, error) => void reports.push(`${what}: ${String(error)}`) }); // prettier-ignore
    const statuses: boolean[] = [];
    const back = new Promise<void>((resolve) => {
      bus.onStatus((up) => {
        statuses.push(up);
        if (up) resolve();
      });
    });
    const half = 'x'.repeat(500_000);
    nats.freeze();
    for (let i = 0; i < 60; i++) bus.publish('flood', half);
    await new Promise((resolve) => setImmediate(resolve));
    expect(reports).toEqual([]);
    for (let i = 0; i < 10; i++) bus.publish('flood', half);
    nats.thaw();
    await back;
    expect(reports).toEqual(['the connection to NATS is lost: Error: NATS does not keep up']);
    expect(statuses).toEqual([false, true]);
    expect(await passes(bus, await open({ url: nats.url, prefix: 'p' }))).toBe('heard');
  });

  it('does not hear what comes late over a connection that was given up', async () => {
    const nats = await server();
    const ways = [await createCutProxy(nats), await createCutProxy(nats)];
    ends.push(() => Promise.all(ways.map((way) => way.close())));
    const bus = await open({
      url: ways.map(({ url }) => url.replace('http', 'nats')).join(','),
      prefix: 'p',
    });
    const other = await open({ url: nats.url, prefix: 'p' });
    await passes(bus, other);
    const heard: string[] = [];
    other.subscribe('x', (data) => heard.push(data));
    const back = new Promise<void>((resolve) => bus.onStatus((up) => up && resolve()));
    const held = ways.find(({ size }) => size > 0);
    held?.hold('both');
    bus.publish('x', 'old');
    await back;
    bus.publish('x', 'new');
    await passes(bus, other);
    // The server hears it, over the connection that it still has.
    const raw = await connect({ servers: nats.url });
    ends.push(() => raw.close());
    const late = new Promise<string>((resolve) => {
      raw.subscribe('p.x', { callback: (_error, message) => resolve(message.string()) });
    });
    await raw.flush();
    held?.release();
    expect(await late).toBe('old');
    await passes(bus, other);
    expect(heard).toEqual(['new']);
  });

  it('reports a subscriber that throws, own or not', async () => {
    const nats = await server();
    const reports: string[] = [];
    const options = { url: nats.url, prefix: 'p', report: (what: string, error: unknown) => void reports.push(`${what}: ${String(error)}`) }; // prettier-ignore
    const bus = await open(options);
    bus.subscribe('x', () => {
      throw new Error('oh');
    });
    bus.publish('x', '');
    expect(reports).toEqual(['a subscriber of the bus threw: Error: oh']);
    const other = await open({ url: nats.url, prefix: 'p' });
    await passes(other, bus);
    other.publish('x', '');
    await passes(other, bus);
    expect(reports).toHaveLength(2);
  });

  it('reports what the server forbids, and goes on with the rest', async () => {
    const nats = await server('authorization { users: [{ user: u, password: p, permissions: { publish: "p.ok", subscribe: "p.>" } }] }'); // prettier-ignore
    let told: ((what: string) => void) | undefined;
    const complaint = new Promise<string>((resolve) => (told = resolve));
    const report = (what: string, error: unknown) => told?.(`${what}: ${String(error)}`);
    const bus = await open({ url: nats.url.replace('//', '//u:p@'), prefix: 'p', report });
    bus.publish('forbidden', '');
    expect(await complaint).toMatch(/NATS complains.*p\.forbidden/);
    const other = await open({ url: nats.url.replace('//', '//u:p@'), prefix: 'p' });
    const heard = new Promise<string>((resolve) => other.subscribe('ok', resolve));
    const again = setInterval(() => bus.publish('ok', 'yes'), 20);
    expect(await heard).toBe('yes');
    clearInterval(again);
  });

  it('speaks TLS, and only to who it meant', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'magpie-tls-'));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    const make = async (name: string, alternative: string) => {
      const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
      await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternative}`, '-keyout', key, '-out', certificate]); // prettier-ignore
      const { port } = await server(`tls { cert_file: "${certificate}", key_file: "${key}" }`);
      return { port, certificate };
    };
    const [named, numbered] = [await make('named', 'DNS:localhost'), await make('numbered', 'IP:127.0.0.1')];
    const attempt = (host: string, { port, certificate }: typeof named, trust = true) => connectApart(`tls://${host}:${port}`, trust ? certificate : undefined); // prettier-ignore
    expect(await attempt('localhost', named)).toBe('connected');
    expect(await attempt('127.0.0.1', numbered)).toBe('connected');
    expect(await attempt('127.0.0.1', named)).toMatch(/MAGPIE_BUS.*127\.0\.0\.1/);
    expect(await attempt('localhost', numbered)).toMatch(/MAGPIE_BUS.*localhost/);
    expect(await attempt('localhost', named, false)).toMatch(/MAGPIE_BUS.*self-signed/);
    const plain = await server();
    await expect(createNatsBus({ url: plain.url.replace('nats:', 'tls:'), prefix: 'p' })).rejects.toThrow(/MAGPIE_BUS.*tls/); // prettier-ignore
  });
});

/** In a process of its own: whom Node trusts is settled when it starts. */
async function connectApart(url: string, trusted: string | undefined): Promise<string> {
  const code = `import { createNatsBus } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)}; createNatsBus({ url: ${JSON.stringify(url)}, prefix: 'p' }).then((bus) => { console.log('connected'); return bus.close(); }, (error) => { console.log(error.message); process.exit(); });`; // prettier-ignore
  const { stdout } = await run(process.execPath, ['--conditions=@magpie/source', '--import', 'tsx', '--input-type=module', '-e', code], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, ...(trusted === undefined ? {} : { NODE_EXTRA_CA_CERTS: trusted }) },
  }); // prettier-ignore
  return stdout.trim();
}
