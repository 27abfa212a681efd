import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createSealer } from '@magpie/credentials';
import { createDomain, createLocalBus, type AppContext, type Ctx, type Domain, type FileReads, type FileRow, type Ports, type Store, type WriteOp } from '@magpie/domain'; // prettier-ignore
import type { FileUse, Input, StoredFile } from '@magpie/protocol';
import Fastify, { type FastifyInstance } from 'fastify';
import { sendError } from '../rest/routes.ts';
import { MagpieError } from '@magpie/protocol';
import { createFileProcessor } from './processor.ts';
import { fileRoutes } from './routes.ts';
import { createDiskStorage, type FileStorage } from './storage.ts';
import type { FileDeps } from './access.ts';

/** Apps and files in memory behind the real use cases: enough of a store for everything about files. */
export interface FileWorld extends FileDeps {
  readonly domain: Domain;
  readonly folder: string;
  readonly http: FastifyInstance;
  readonly url: string;
  readonly rows: Map<string, FileRow>;
  app(id: string): AppContext;
  ctx(app: string, user?: string): Ctx;
  grant(
    input: Partial<Input<'file.grant'>> & { size: number },
    app?: string,
  ): Promise<{ fileId: string; path: string }>;
  finish(fileId: string, app?: string): Promise<StoredFile>;
  /** Grant, PUT and finish. */
  upload(bytes: Uint8Array, use: FileUse, name?: string, app?: string): Promise<StoredFile>;
  settings(app: string, settings: Record<string, unknown>): Promise<void>;
  close(): Promise<void>;
}

function memoryStore(rows: Map<string, FileRow>, settings: Map<string, Record<string, unknown>>): Store {
  const at = (app: string, id: string) => `${app}/${id}`;
  const files: FileReads = {
    get: async (app, id) => rows.get(at(app, id)),
    usedBytes: async (app) => [...rows.values()].filter((row) => row.app === app && row.state === 'finished').reduce((sum, row) => sum + row.size, 0), // prettier-ignore
    unused: async (before) =>
      [...rows.values()].filter((row) => row.usedAt === null && row.createdAt < before),
    grantedSince: async (app, owner, since) => [...rows.values()].filter((row) => row.app === app && row.owner === owner && row.createdAt >= since).length, // prettier-ignore
  };
  const change = (app: string, id: string, set: Partial<FileRow>): void => {
    const row = rows.get(at(app, id));
    if (!row) throw new Error('missing');
    rows.set(at(app, id), { ...row, ...set });
  };
  const write = (op: WriteOp): unknown => {
    if (op.op === 'file.create') rows.set(at(op.row.app, op.row.id), op.row);
    if (op.op === 'file.doom') for (const id of op.ids) change(op.app, id, { state: 'removed' });
    if (op.op === 'file.remove') for (const id of op.ids) rows.delete(at(op.app, id));
    if (op.op === 'file.set') change(op.app, op.id, op.set);
    return op.op === 'audit.prune' ? { more: false } : undefined;
  };
  const apps = {
    all: async () =>
      [...settings].map(([id, own]) => ({ app: { id, name: id, settings: own, createdAt: 0 }, doors: [] })),
  };
  return {
    files,
    apps,
    webhooks: { all: async () => [] },
    epoch: async () => 1,
    upkeep: {
      removedFiles: async (limit: number) =>
        [...rows.values()].filter(({ state }) => state === 'removed').slice(0, limit),
    },
    commit: async (unit: readonly WriteOp[]) => unit.map(write),
  } as unknown as Store;
}

const text = (length: number) => randomBytes(length).toString('hex').slice(0, length);

export async function createFileWorld(): Promise<FileWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'magpie-files-'));
  const storage: FileStorage = await createDiskStorage(folder);
  const rows = new Map<string, FileRow>();
  const settings = new Map<string, Record<string, unknown>>([['one', {}], ['two', {}]]); // prettier-ignore
  const store = memoryStore(rows, settings);
  const seals = createSealer([randomBytes(32)]);
  const place = { appId: '-', field: 'test' };
  const sealer = {
    seal: (plain: string) => seals.seal(plain, place),
    open: (sealed: string) => seals.unseal(sealed, place),
  };
  const domain = await createDomain({
    store,
    bus: createLocalBus(),
    clock: { now: Date.now },
    scheduler: { after: (ms, run) => (setTimeout(run, ms), () => undefined) },
    random: { text, digits: () => '1' },
    sealer,
    passwords: {} as Ports['passwords'],
    tokens: () => ({}) as ReturnType<Ports['tokens']>,
    files: createFileProcessor(storage),
    signer: { sign: () => '' },
    outbound: {} as Ports['outbound'],
    node: {} as Ports['node'],
    hmac: () => '',
  });
  const http = Fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 512 } });
  http.removeAllContentTypeParsers();
  http.setErrorHandler((error, _request, reply) => sendError(reply, MagpieError.from(error)));
  const deps: FileDeps = { domain, store, storage, sealer };
  await fileRoutes(http, deps);
  const url = await http.listen({ host: '127.0.0.1', port: 0 });

  const app = (id: string): AppContext => domain.apps.get(id) as AppContext;
  const ctx = (id: string, user = 'alice'): Ctx => ({ app: app(id), caller: 'user', userId: user });
  const world: FileWorld = {
    ...deps, domain, folder, http, url, rows, app, ctx,
    grant: (input, id = 'one') => domain.call('file.grant', ctx(id), { name: 'a.bin', use: 'file', ...input }),
    finish: async (fileId, id = 'one') => (await domain.call('file.finish', ctx(id), { fileId })).file,
    upload: async (bytes, use, name = 'a.bin', id = 'one') => {
      const grant = await world.grant({ size: bytes.length, use, name }, id);
      const answer = await fetch(url + grant.path, { method: 'PUT', body: bytes as Uint8Array<ArrayBuffer> });
      if (answer.status !== 200) throw new Error(`PUT: ${answer.status} ${await answer.text()}`);
      return await world.finish(grant.fileId, id);
    },
    settings: async (id, own) => {
      settings.set(id, own);
      await domain.apps.reload();
    },
    close: async () => {
      http.server.closeAllConnections();
      await http.close();
      domain.close();
      await rm(folder, { recursive: true, force: true });
    },
  }; // prettier-ignore
  return world;
}

/** A stream that gives what it is told to, when it is told to. */
export function pushed(): {
  readonly stream: Readable;
  push(bytes: Uint8Array): void;
  end(): void;
  fail(): void;
} {
  const stream = new Readable({ read: () => undefined });
  return {
    stream,
    push: (bytes) => void stream.push(bytes),
    end: () => void stream.push(null),
    fail: () => void stream.destroy(new Error('cut')),
  };
}

/** The error's code and what it carries, of something that must fail. */
export async function failure(
  work: Promise<unknown>,
): Promise<{ code: string; detail?: unknown; message: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof MagpieError) return error.toShape();
    throw error;
  }
  throw new Error('it did not fail');
}
