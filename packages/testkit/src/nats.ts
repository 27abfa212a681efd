import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './server-process.ts';

/** A real nats-server in a process of its own. */
export interface TestNats {
  /** `nats://127.0.0.1:port`, the same for its whole life. */
  readonly url: string;
  readonly port: number;
  /** `SIGKILL`; resolves when it is gone. */
  kill(): Promise<void>;
  /** Kills it and starts it again at the same address, with another configuration if one is given. */
  restart(config?: string): Promise<void>;
  /** Stops the process as it stands (`SIGSTOP`): its sockets stay open and nobody answers … */
  freeze(): void;
  /** … until it goes on (`SIGCONT`). */
  thaw(): void;
  close(): Promise<void>;
}

export interface TestNatsOptions {
  /** Lines of nats-server's configuration file. */
  readonly config?: string;
}

/** The program, or undefined: Debian's `nats-server` has it. Ordinary users have no /usr/sbin on their PATH. */
export function findNatsServer(): string | undefined {
  const named = process.env['NATS_SERVER_PATH'];
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin'];
  return [...(named ? [named] : []), ...folders.map((folder) => join(folder, 'nats-server'))].find(isProgram);
}

/** Whether tests that need nats-server must be left out, said once. With `CI` set they run, and fail without it. */
export function lacksNats(): boolean {
  if (findNatsServer() !== undefined) return false;
  process.stdout.write(
    'skipped: nats-server is not installed (apt-get install nats-server, or name it in NATS_SERVER_PATH)\n',
  );
  return !process.env['CI'];
}

export async function startNats({ config = '' }: TestNatsOptions = {}): Promise<TestNats> {
  const program = findNatsServer();
  if (program === undefined) throw new Error('nats-server must be installed: apt-get install nats-server');
  const folder = await mkdtemp(join(tmpdir(), 'magpie-nats-'));
  const file = join(folder, 'nats.conf');
  await writeFile(file, config);
  const port = await freePort();
  const args = ['-a', '127.0.0.1', '-p', String(port), '-c', file];
  let running = await launch(program, args);
  const kill = async () => {
    running.child.kill('SIGKILL');
    await running.gone;
  };
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    kill,
    restart: async (changed) => {
      await kill();
      if (changed !== undefined) await writeFile(file, changed);
      running = await launch(program, args);
    },
    freeze: () => void running.child.kill('SIGSTOP'),
    thaw: () => void running.child.kill('SIGCONT'),
    close: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly gone: Promise<void>;
}

/** Resolves when it takes connections. */
async function launch(program: string, args: readonly string[]): Promise<Running> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  // A test that ends early must not leave it behind.
  const end = () => void child.kill('SIGKILL');
  process.once('exit', end);
  const gone = new Promise<void>((resolve) =>
    child.once('exit', () => {
      process.off('exit', end);
      resolve();
    }),
  );
  let log = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      log = `${log}${chunk.toString()}`.slice(-10_000);
      if (log.includes('Server is ready')) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`nats-server ended with ${code}:\n${log}`)));
  });
  return { child, gone };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
