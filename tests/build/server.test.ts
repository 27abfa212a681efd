import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { finish, start, withServerEnv } from './support/process.ts';

describe('the server bundle', () => {
  it('is run by plain node, answers, and stops when told', async () => {
    await finish('npm', ['run', 'build', '--', 'server']);
    await withServerEnv(async (env) => {
      const server = start(process.execPath, ['packages/server/dist/main.js'], env);
      const [, url] = await server.seen(/running at (http:\S+)/);
      const ready = await fetch(`${url}/readyz`);
      expect(ready.status).toBe(200);
      const credentials = await fetch(`${url}/demo/credentials?user=alice`);
      expect(await credentials.json()).toMatchObject({ userId: 'alice', appKey: 'magpie#demo' });
      server.child.kill('SIGTERM');
      expect(await server.ended).toEqual({ code: 0, signal: null });
    });
  });

  it('holds the thread of checkpoints, which a server starts only under load', async () => {
    await finish('npm', ['run', 'build', '--', 'server']);
    await withServerEnv(async ({ MAGPIE_DATA: folder = '' }) => {
      await mkdir(folder, { recursive: true });
      const path = join(folder, 'a.db');
      await writeFile(path, '');
      const code = `import { once } from 'node:events';
        import { openSync } from 'node:fs';
        import { Worker } from 'node:worker_threads';
        const workerData = { path: ${JSON.stringify(path)}, descriptor: openSync(${JSON.stringify(path)}, 'r+') };
        const thread = new Worker('./packages/server/dist/checkpointer.boot.mjs', { workerData, execArgv: [] });
        const [first] = await once(thread, 'message');
        thread.postMessage('pass');
        const [second] = await once(thread, 'message');
        thread.postMessage('close');
        console.log(JSON.stringify([first, Object.keys(second).sort(), ...(await once(thread, 'exit'))]));`;
      const output = await finish(process.execPath, ['--input-type=module', '-e', code]);
      expect(JSON.parse(output)).toEqual(['ready', ['frames', 'left'], 0]);
    });
  });
});
