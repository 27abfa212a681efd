import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** `SIGKILL`: nothing is flushed, nothing is said. Resolves when it is gone. */
  stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Everything it printed so far. */
  readonly output: string;
}

export interface ServerProcessOptions {
  readonly dataFolder: string;
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Put before the command, e.g. a tracer with its arguments. */
  readonly wrapper?: readonly string[];
  /** Another copy of the sources. */
  readonly root?: string;
  /** A built server's entry, run by plain node instead of the sources. */
  readonly bundle?: string;
}

/** The real server in a process of its own. */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const entry = options.bundle ? [options.bundle] : ['--conditions=@magpie/source', '--import', 'tsx', 'packages/server/src/main.ts']; // prettier-ignore
  const [command = '', ...args] = [...(options.wrapper ?? []), process.execPath, ...entry];
  const child: ChildProcess = spawn(command, args, {
    cwd: options.root ?? ROOT,
    env: { ...process.env, MAGPIE_DATA: options.dataFolder, PORT: String(options.port), MAGPIE_DEMO: '1', MAGPIE_LOG: 'error', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  }); // prettier-ignore
  let output = '';
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const match = /running at (\S+)/.exec(output);
      if (match?.[1]) resolve(match[1]);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`the server ended with ${code} before it was ready:\n${output}`)),
    );
  });
  return {
    url,
    pid: child.pid ?? 0,
    get output() {
      return output;
    },
    stop: async (signal) => {
      // A tracer keeps signals to itself; the server is its child.
      if (options.wrapper) process.kill(firstChild(child.pid ?? 0), signal);
      else child.kill(signal);
      await gone;
    },
  };
}

function firstChild(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

/** A port that was free a moment ago: for servers that must come back at the same address. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
