import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServerProcess } from '@magpie/testkit/server-process';
import { connectRawClient } from '@magpie/testkit/raw-client';
import { expect, it } from 'vitest';
import { fsyncVerdicts } from './fsync-trace.ts';

function hasTracer(): boolean {
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const traced = hasTracer();
if (!traced)
  process.stdout.write(
    'skipped: strace is not installed, so the order of fsync and ack cannot be watched here\n',
  );

it.skipIf(!traced && !process.env['CI'])('an fsync of the log stands between a message’s last write and its ack', async () => {
  expect(traced, 'strace must be installed').toBe(true);
  const folder = await mkdtemp(join(tmpdir(), 'magpie-fsync-'));
  const trace = join(folder, 'trace');
  const wrapper = ['strace', '-f', '-y', '-s', '4096', '-e', 'trace=write,writev,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync', '-o', trace];
  const server = await startServerProcess({ dataFolder: join(folder, 'data'), port: 0, wrapper, ...(process.env['MAGPIE_TEST_ROOT'] ? { root: process.env['MAGPIE_TEST_ROOT'] } : {}) }); // prettier-ignore
  const ids: string[] = [];
  try {
    const client = await connectRawClient(server.url);
    const { userSig } = (await (await fetch(`${server.url}/demo/credentials?user=alice`)).json()) as { userSig: string };
    await client.request('session.open', { token: userSig, instance: 'i', platform: 'web', protocol: 1 });
    for (let i = 0; i < 5; i++) {
      const sent = await client.request('message.send', { ref: 'u:bob', clientId: `fsync:${i}`, content: { type: 'text', text: `fsync-probe-${i}` } }); // prettier-ignore
      ids.push(sent.id);
    }
    await client.close();
  } finally {
    await server.stop('SIGTERM');
  }
  const verdicts = fsyncVerdicts(await readFile(trace, 'utf8'), ids.map((id, i) => ({ probe: `fsync-probe-${i}`, id }))); // prettier-ignore
  expect(verdicts).toEqual(ids.map(() => 'synced'));
  await rm(folder, { recursive: true, force: true });
}, 120_000); // prettier-ignore
