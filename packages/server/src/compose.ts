import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createHmac, randomBytes } from 'node:crypto';
import { createNatsBus, NatsBusError } from '@magpie/bus-nats';
import {
  createPasswordHasher,
  createSealer,
  loadOrCreateMasterKey,
  parseMasterKey,
} from '@magpie/credentials';
import {
  createDomain,
  createLocalBus,
  type Bus,
  type Domain,
  type Random,
  type Report,
  type Scheduler,
  type Sealer,
  type Store,
  type TokenVerifier,
} from '@magpie/domain';
import { beginEpochPostgres, beginEpochSqlite, copyToPostgres, databaseFacts, fileGroups, lockDataFolder, mustBeFree, openStore, postgresFacts, SCHEMA_VERSION, snapshotSqlite, type FolderLock } from '@magpie/store-sql'; // prettier-ignore
import { webimRoutes } from '@magpie/webim-server';
import { ConfigError, type ServerConfig } from './config.ts';
import { createFileProcessor } from './files/processor.ts';
import { createFileSigner } from './files/signer.ts';
import { createDiskStorage, type FileStorage } from './files/storage.ts';
import { createOutbound } from './outbound/outbound.ts';
import { Monitor } from './monitor.ts';
import { createTokenVerifier } from './tokens.ts';

/** Everything a server is made of, and how it ends. */
export interface Composition {
  readonly domain: Domain;
  readonly store: Store;
  readonly storage: FileStorage;
  readonly sealer: Sealer;
  readonly tokens: TokenVerifier;
  /** The vendors' plug-ins. */
  readonly plugins: { readonly webim: typeof webimRoutes };
  readonly monitor: Monitor;
  readonly lock: FolderLock;
  /** Whether other nodes can be heard; always, for a node alone. */
  busUp(): boolean;
  close(): Promise<void>;
}

const clock = { now: Date.now };

const scheduler: Scheduler = {
  after: (ms, run) => {
    if (ms <= 0) {
      const soon = setImmediate(run);
      return () => clearImmediate(soon);
    }
    const timer = setTimeout(run, Math.min(ms, 2_147_483_647));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Hears of what drivers do, for metrics. */
export interface Observer {
  committed(units: number, ms: number): void;
  asked(ms: number, answered: boolean): void;
  /** Puts something between the domain and the store. */
  readonly store?: ((store: Store) => Store) | undefined;
}

/** What an operator's commands do to stores: beside a server, or where none works. */
export const storeTools = { beginEpochPostgres, beginEpochSqlite, copyToPostgres, databaseFacts, fileGroups, lockDataFolder, mustBeFree, postgresFacts, SCHEMA_VERSION, snapshotSqlite } as const; // prettier-ignore

/** The only place that constructs drivers. */
export async function compose(
  config: ServerConfig,
  version: string,
  report: Report,
  observer?: Observer,
): Promise<Composition> {
  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 });
  const lock = lockDataFolder(config.dataFolder);
  const masterKey = await masterKeyOf(config);
  const seals = createSealer([masterKey]);
  const sealer: Sealer = {
    seal: (plain, context) => seals.seal(plain, place(context)),
    open: (sealed, context) => seals.unseal(sealed, place(context)),
  };
  const hasher = createPasswordHasher();
  const opened = await openStore(config.store, {
    now: clock.now,
    force: config.force,
    onBatch: observer && ((units, ms) => observer.committed(units, ms)),
  });
  const store = observer?.store?.(opened) ?? opened;
  const bus = await openBus(config, await store.epoch(), report);
  let busUp = true;
  bus.onStatus((up) => (busUp = up));
  const storage = await createDiskStorage(config.files);
  const signer = await createFileSigner(storage, sealer);
  const outbound = createOutbound({ allow: config.outboundAllow });
  const monitor = new Monitor(version);
  let tokens: TokenVerifier | undefined;
  const domain = await createDomain({
    store,
    bus,
    clock,
    scheduler,
    random,
    sealer,
    passwords: { hash: (password) => hasher.hash(password), verify: (hash, password) => hasher.verify(hash ?? undefined, password) },
    files: createFileProcessor(storage),
    outbound,
    node: monitor,
    report,
    onAsked: (ms, answered) => observer?.asked(ms, answered),
    hmac: (secret, text) => createHmac('sha256', secret).update(text, 'utf8').digest('hex'),
    signer: { sign: (app, fileId, life) => signer.sign(app, fileId, clock.now(), life) },
    tokens: (apps) => (tokens = createTokenVerifier({ apps, sealer, clock, masterKey })),
  }); // prettier-ignore
  if (!tokens) throw new Error('the domain took no token verifier');
  return {
    domain,
    store,
    storage,
    sealer,
    tokens,
    plugins: { webim: webimRoutes },
    monitor,
    lock,
    busUp: () => busUp,
    close: async () => {
      await domain.close();
      await outbound.close();
      await bus.close();
      await store.close();
      lock.release();
    },
  };
}

/** Whoever shares the database shares its mark, and hears nothing of others on the same NATS. */
async function openBus({ bus }: ServerConfig, epoch: string, report: Report): Promise<Bus> {
  if (bus === 'local') return createLocalBus();
  try {
    return await createNatsBus({ url: bus, prefix: `magpie-${epoch}`, name: `magpie ${hostname()} ${process.pid}`, report }); // prettier-ignore
  } catch (error) {
    throw error instanceof NatsBusError ? new ConfigError(error.message) : error;
  }
}

async function masterKeyOf(config: ServerConfig): Promise<Uint8Array> {
  if (config.masterKey !== undefined) return parseMasterKey(config.masterKey);
  return (await loadOrCreateMasterKey(join(config.dataFolder, 'master.key'))).key;
}

/** `app/field` of the domain's sealing contexts. */
function place(context: string): { appId: string; field: string } {
  const slash = context.indexOf('/');
  return { appId: context.slice(0, slash), field: context.slice(slash + 1) };
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Draws evenly: bytes past the last whole alphabet are thrown away. */
function draw(alphabet: string, length: number): string {
  const bound = 256 - (256 % alphabet.length);
  let out = '';
  while (out.length < length) {
    for (const byte of randomBytes(length * 2))
      if (byte < bound && out.length < length) out += alphabet[byte % alphabet.length];
  }
  return out;
}

const random: Random = {
  text: (length) => draw(ALPHABET, length),
  digits: (length) => draw('123456789', 1) + draw('0123456789', length - 1),
};
