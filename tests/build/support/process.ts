import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What vitest sets for its own sake must not reach the programs under test. */
function cleanEnv(env: Record<string, string>): Record<string, string> {
  const own = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      !/^(VITEST|VITE_|NODE_OPTIONS$|NODE_ENV$|TEST$|DEV$|PROD$|MODE$)/.test(entry[0]),
  );
  return { ...Object.fromEntries(own), ...env };
}

export interface Running {
  readonly child: ChildProcess;
  /** All it has printed so far. */
  output(): string;
  /** The first match in what it prints; rejects with the output when it ends without one. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Leaders of the process groups that a test started: npm, its shell and what that runs end together. */
const groups = new Set<number>();

afterEach(() => {
  for (const leader of groups) {
    try {
      process.kill(-leader, 'SIGKILL');
    } catch {
      // Nobody left in it: the good case.
    }
  }
  groups.clear();
});

/** Starts a program in a process group of its own, which the end of the test kills. */
export function start(program: string, args: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(program, args, {
    cwd: root,
    env: cleanEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  if (child.pid !== undefined) groups.add(child.pid);
  let text = '';
  let finished = false;
  const waiting = new Set<() => void>();
  const more = (chunk?: Buffer): void => {
    text += chunk?.toString('utf8') ?? '';
    for (const look of [...waiting]) look();
  };
  child.stdout.on('data', more);
  child.stderr.on('data', more);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      finished = true;
      more();
      resolve({ code, signal });
    });
  });
  const seen = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(text);
        if (match === null && !finished) return;
        waiting.delete(look);
        if (match === null) reject(new Error(`ended without ${pattern.source}:\n${text}`));
        else resolve(match);
      };
      waiting.add(look);
      look();
    });
  return { child, output: () => text, seen, ended };
}

/** Runs to its end; rejects with the output when it fails. */
export async function finish(
  program: string,
  args: readonly string[],
  env?: Record<string, string>,
): Promise<string> {
  const running = start(program, args, env);
  const { code } = await running.ended;
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${running.output()}`);
  return running.output();
}

/** A data folder for one server; `MAGPIE_*` of the caller's shell do not reach it. */
export async function withServerEnv(use: (env: Record<string, string>) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'magpie-build-'));
  try {
    await use({
      PORT: '0',
      HOST: '127.0.0.1',
      MAGPIE_DATA: join(folder, 'data'),
      MAGPIE_STORE: '',
      MAGPIE_FILES: '',
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
