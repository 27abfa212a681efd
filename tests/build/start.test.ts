import { describe, expect, it } from 'vitest';
import { start, withServerEnv } from './support/process.ts';

describe('npm start', () => {
  it('runs the server with its page, keeps its data, and stops when told', async () => {
    await withServerEnv(async (env) => {
      for (const round of ['first', 'again']) {
        const running = start('npm', ['start'], { ...env, NODE_ENV: 'production' });
        const [, url] = await running.seen(/running at (http:\S+)/);
        expect((await fetch(`${url}/readyz`)).status, round).toBe(200);
        const page = await fetch(`${url}/`);
        expect(page.headers.get('content-type'), round).toContain('text/html');
        expect(await page.text(), round).toContain('<script');
        // To npm alone, as a service manager does; a person's Ctrl-C reaches the server too.
        running.child.kill('SIGTERM');
        await running.ended;
        await expect(fetch(`${url}/healthz`), round).rejects.toThrow();
      }
    });
  });
});
