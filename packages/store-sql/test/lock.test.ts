import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FolderLockedError, lockDataFolder } from '../src/index.ts';

let folder = '';
let child: ChildProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'magpie-lock-'));
});

afterEach(async () => {
  child?.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

async function holdElsewhere(url: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./hold-lock.ts', import.meta.url));
  const args = ['--conditions=@magpie/source', '--import', 'tsx', script, folder, url];
  child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

it('a second server is told who has the folder', async () => {
  const holder = await holdElsewhere('http://127.0.0.1:8800');
  const refused = (): unknown => {
    try {
      return lockDataFolder(folder);
    } catch (error) {
      return error;
    }
  };
  const error = refused();
  expect(error).toBeInstanceOf(FolderLockedError);
  expect(String(error)).toContain(`process id ${holder.pid} at http://127.0.0.1:8800, running since 20`);
});

it('the lock of a killed process is free at once', async () => {
  const holder = await holdElsewhere('');
  const gone = once(holder, 'exit');
  holder.kill('SIGKILL');
  await gone;
  lockDataFolder(folder).release();
});

it('a released lock can be taken again, a held one not even by its own process', () => {
  const first = lockDataFolder(join(folder, 'new'), { url: 'http://x', now: () => 0 });
  expect(() => lockDataFolder(join(folder, 'new'))).toThrow(
    `process id ${process.pid} at http://x, running since 1970-01-01`,
  );
  first.release();
  lockDataFolder(join(folder, 'new')).release();
});
