import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Store, WriteOp } from '@magpie/domain';
import { MagpieError } from '@magpie/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createSqliteStore } from '../src/index.ts';
import { openSqlite, type SqliteHandle } from '../src/sqlite/handle.ts';
import { openSqliteWriter } from '../src/sqlite/writer.ts';

let folder = '';
let path = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'magpie-faults-'));
  path = join(folder, 'magpie.db');
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const conv = 1;
const at = 1;
const create: WriteOp = { op: 'conversation.create', conv, app: 'a', key: 'g:1', kind: 'group', at };
let names = 0;
const append = (bytes = 10, clientId = `c${++names}`) => ({ op: 'append', app: 'a', conv, sender: 'alice', clientId, fp: 1, type: 'text', cls: 'content', counts: true, notLast: false, receipt: false, audience: null, body: JSON.stringify({ text: 'x'.repeat(bytes) }), at }) as const; // prettier-ignore

const codeOf = (commit: Promise<unknown>): Promise<string> =>
  commit.then(
    () => 'done',
    (error: unknown) => (error instanceof MagpieError ? error.code : String(error)),
  );

const lastSeq = async (store: Store): Promise<number | undefined> =>
  (await store.conversations.byNumber(conv))?.lastSeq;

/** A writer on this thread, and its connection. */
async function localWriter() {
  let handle: SqliteHandle | undefined;
  const writer = await openSqliteWriter(path, 1, (file) => (handle = openSqlite(file)));
  if (!handle) throw new Error('the writer did not open the file');
  await writer.write([[create]]);
  return { writer, handle };
}

it('a full disk: retryable, nothing applied, reads go on; with room again writes go on', async () => {
  const { writer, handle } = await localWriter();
  await writer.write([[append()]]);
  handle.exec('pragma max_page_count = 1'); // SQLite keeps the present size as the least.
  const units = Array.from({ length: 20 }, () => [append(5000)]);
  const outcomes = await writer.write(units);
  expect(outcomes).toHaveLength(20);
  for (const outcome of outcomes)
    expect(outcome).toEqual({ unavailable: expect.stringContaining('full') as string });
  const reader = openSqlite(path, { readOnly: true });
  const count = (): unknown => reader.prepare('select count(*), max(seq) from messages').one();
  expect(count()).toEqual([1, 1]);
  handle.exec('pragma max_page_count = 1000000');
  expect(await writer.write([[append()]])).toEqual([
    { results: [expect.objectContaining({ seq: 2, duplicate: false })] },
  ]);
  expect(count()).toEqual([2, 2]);
  reader.close();
  writer.close();
});

it('where only the batch is too big for the disk, what fits alone is kept', async () => {
  const { writer, handle } = await localWriter();
  const [[pages]] = handle.prepare('pragma page_count').rows() as [[number]];
  handle.exec(`pragma max_page_count = ${pages + 4}`);
  const outcomes = await writer.write([[append(10)], [append(10)], [append(60_000)], [append(10)]]);
  const kinds = outcomes.map((outcome) => Object.keys(outcome)[0]);
  expect(kinds).toEqual(['results', 'results', 'unavailable', 'unavailable']);
  expect(handle.prepare('select last_seq from conversations').one()).toEqual([2]);
  writer.close();
});

it('a unit with a value that cannot be stored fails alone', async () => {
  const store = await createSqliteStore({ path });
  await store.commit([create]);
  const row = { id: 'b', name: 5n as never, settings: {}, createdAt: 1 };
  const odd = store.commit([append(), { op: 'app.create', row }]);
  const ends = await Promise.all([
    codeOf(store.commit([append()])),
    codeOf(odd),
    codeOf(store.commit([append()])),
  ]);
  expect(ends).toEqual(['done', 'INTERNAL', 'done']);
  expect(await lastSeq(store)).toBe(2);
  await store.close();
});

it('a dead writer: writes are refused with the reason, reads go on', async () => {
  const workers = new Set<Worker>();
  const post = Worker.prototype.postMessage;
  vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, ...message) {
    workers.add(this);
    post.apply(this, message);
  });
  const store = await createSqliteStore({ path });
  await store.commit([create]);
  await store.commit([append()]);
  const [worker] = workers;
  if (!worker) throw new Error('no writer thread was seen');
  await worker.terminate();
  const error = await store.commit([append()]).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  expect(store.health()).toEqual({
    ok: false,
    fatal: true,
    reason: expect.stringContaining('writer thread is gone') as string,
  });
  expect(await lastSeq(store)).toBe(1);
  expect(await store.messages.page(conv, { direction: 'older', from: 9, to: 1, limit: 9 })).toHaveLength(1);
  await store.close();
});

it('in a pause the log is moved into the database', async () => {
  const store = await createSqliteStore({ path });
  await store.commit([create]);
  const before = (await stat(path)).size;
  await Promise.all(Array.from({ length: 64 }, () => store.commit([append(8000)])));
  await vi.waitFor(async () => expect((await stat(path)).size).toBeGreaterThan(before + 64 * 8000), {
    timeout: 10_000,
  });
  await store.close();
});

it('a file that is no database, or a folder that is not there, is said plainly', async () => {
  await expect(createSqliteStore({ path: join(folder, 'none', 'magpie.db') })).rejects.toThrow(
    'could not be opened',
  );
  await expect(createSqliteStore({ path: folder })).rejects.toThrow();
});
