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
});
