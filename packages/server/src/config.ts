import { join, resolve } from 'node:path';
import { readOperations, type OperationsConfig } from './config-operations.ts';
import { ConfigError } from './config-error.ts';
import { parseRange } from './outbound/addresses.ts';

export { ConfigError };

/** What a server is told from outside (DESIGN §12). */
export interface ServerConfig extends OperationsConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly dataFolder: string;
  /** `sqlite:<path>` or `postgres://…`. */
  readonly store: string;
  /** `local`, or `nats://…` and `tls://…` for a node of a cluster. */
  readonly bus: string;
  /** Folder for file bytes. */
  readonly files: string;
  readonly adminToken: string | undefined;
  readonly masterKey: string | undefined;
  /** `auto`: while no app is configured and the host is loopback. */
  readonly demo: 'auto' | 'on' | 'off';
  /** Take the client's address from X-Forwarded-For. */
  readonly trustProxy: boolean;
  /** Addresses and CIDR ranges that webhooks may go to although they are not public. */
  readonly outboundAllow: readonly string[];
  readonly logLevel: string;
  /** Start on a PostgreSQL that does not fsync. */
  readonly force: boolean;
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

export function readConfig(env: Readonly<Record<string, string | undefined>>): ServerConfig {
  const dataFolder = resolve(env['MAGPIE_DATA'] || './data');
  const store = env['MAGPIE_STORE'] || `sqlite:${join(dataFolder, 'magpie.db')}`;
  if (!/^(sqlite:.+|postgres(ql)?:\/\/.+)$/.test(store))
    throw new ConfigError('MAGPIE_STORE must be sqlite:<path> or postgres://…');
  const bus = readBus(env, store);
  const files = env['MAGPIE_FILES'] || join(dataFolder, 'files');
  if (/^[a-z0-9]+:\/\//i.test(files))
    throw new ConfigError('MAGPIE_FILES must be a folder: object stores are not supported yet.');
  const logLevel = env['MAGPIE_LOG'] || 'info';
  if (!LEVELS.includes(logLevel)) throw new ConfigError(`MAGPIE_LOG must be one of ${LEVELS.join(', ')}.`);
  return {
    host: env['HOST'] || '127.0.0.1',
    port: readPort(env['PORT']),
    dataFolder,
    store,
    bus,
    files: resolve(files),
    adminToken: env['MAGPIE_ADMIN_TOKEN'] || undefined,
    masterKey: env['MAGPIE_MASTER_KEY'] || undefined,
    demo: env['MAGPIE_DEMO'] === '1' ? 'on' : env['MAGPIE_DEMO'] === '0' ? 'off' : 'auto',
    trustProxy: env['MAGPIE_TRUST_PROXY'] === '1',
    outboundAllow: readRanges(env['MAGPIE_OUTBOUND_ALLOW']),
    logLevel,
    force: env['MAGPIE_FORCE'] === '1',
    ...readOperations(env),
  };
}

/** What the nodes of a cluster must share is asked of each: a node with its own would seem to work. */
function readBus(env: Readonly<Record<string, string | undefined>>, store: string): string {
  const bus = env['MAGPIE_BUS'] || 'local';
  if (bus === 'local') return bus;
  // What was given is not shown: it may hold a password.
  if (!/^(nats|tls|nats\+tls):\/\/\S/.test(bus))
    throw new ConfigError('MAGPIE_BUS must be local, nats://host:port or tls://host:port.');
  if (store.startsWith('sqlite:'))
    throw new ConfigError('MAGPIE_STORE must be postgres://… when MAGPIE_BUS names a NATS server: all nodes share one PostgreSQL.'); // prettier-ignore
  if (!env['MAGPIE_MASTER_KEY'])
    throw new ConfigError('MAGPIE_MASTER_KEY must be set when MAGPIE_BUS names a NATS server, to the same on every node: what one node seals the others open.'); // prettier-ignore
  if (!env['MAGPIE_FILES'])
    throw new ConfigError('MAGPIE_FILES must be set when MAGPIE_BUS names a NATS server, to a folder that every node has mounted.'); // prettier-ignore
  if (!env['MAGPIE_ADMIN_TOKEN'])
    throw new ConfigError('MAGPIE_ADMIN_TOKEN must be set when MAGPIE_BUS names a NATS server, to the same on every node: each would make its own.'); // prettier-ignore
  return bus;
}

function readPort(text: string | undefined): number {
  const port = Number(text || 8800);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new ConfigError('PORT must be a number from 0 to 65535.');
  return port;
}

function readRanges(text: string | undefined): readonly string[] {
  const entries = (text ?? '').split(',').map((entry) => entry.trim());
  for (const entry of entries)
    if (entry !== '' && !parseRange(entry))
      throw new ConfigError(
        `MAGPIE_OUTBOUND_ALLOW: "${entry}" is neither an address nor a range such as 10.0.0.0/8 or fd00::/8.`,
      );
  return entries.filter((entry) => entry !== '');
}

export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host === '::1' ||
    host === '::ffff:127.0.0.1' ||
    /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(host)
  );
}
