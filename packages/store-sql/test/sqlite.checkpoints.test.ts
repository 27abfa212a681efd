import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { WriteOp } from '@magpie/domain';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createSqliteStore } from '../src/index.ts';
import { Checkpointer, type CheckpointerOptions } from '../src/sqlite/checkpointer.ts';
import { startHelper } from '../src/sqlite/checkpointer-client.ts';
import { openSqlite, type SqliteHandle } from '../src/sqlite/handle.ts';
import { openSqliteWriter } from '../src/sqlite/writer.ts';

let folder = '';
let path = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'magpie-checkpoints-'));
  path = join(folder, 'magpie.db');
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const FRAME = 4096 + 24;
const LIMITS = { every: 1, busy: 1, alone: 500, helped: 3000, complete: 1000 };
/** Frames that one batch below adds, at most. */
const BATCH = 300;

/** A writer on this thread with small limits; `batch` writes 64 messages of 8 KB and answers the size of the log. */
async function setUp(options: Partial<CheckpointerOptions> = {}) {
  let handle: SqliteHandle | undefined;
  const reports: string[] = [];
  const writer = await openSqliteWriter(path, 1, (file) => (handle = openSqlite(file)));
  const report = (text: string): unknown => reports.push(text);
  const checkpointer = new Checkpointer(writer, { path, report, limits: LIMITS, ...options });
  await writer.write([[{ op: 'conversation.create', conv: 1, app: 'a', key: 'g:1', kind: 'group', at: 1 }]]);
  let names = 0;
  const append = (): WriteOp => ({ op: 'append', app: 'a', conv: 1, sender: 'alice', clientId: `c${++names}`, fp: 1, type: 'text', cls: 'content', counts: true, notLast: false, receipt: false, audience: null, body: JSON.stringify({ text: 'x'.repeat(8000) }), at: 1 }); // prettier-ignore
  return {
    checkpointer,
    reports,
    batch: async (): Promise<number> => {
      const outcomes = await writer.write(Array.from({ length: 64 }, () => [append()]));
      expect(outcomes.filter((outcome) => !('results' in outcome))).toEqual([]);
      checkpointer.wrote(64);
      // Batches await nothing from outside; what the helper says comes between them.
      await setImmediate();
      return (await stat(`${path}-wal`)).size;
    },
    written: () => names,
    autocheckpoint: () => handle?.prepare('pragma wal_autocheckpoint').one()?.[0],
  };
}

function stored(): unknown {
  const reader = openSqlite(path, { readOnly: true });
  const found = [
    reader.prepare('pragma integrity_check').one()?.[0],
    ...(reader.prepare('select count(*), max(seq) from messages').one() ?? []),
  ];
  reader.close();
  return found;
}

it('without a pause in the writing the helper moves the log, which stays bounded', async () => {
  let passes = 0;
  const { batch, checkpointer, written, reports } = await setUp({
    start: (data, events) => startHelper(data, { ...events, moved: (log) => events.moved((passes++, log)) }),
  });
  let largest = 0;
  while (passes < 30) largest = Math.max(largest, await batch());
  expect(largest).toBeLessThan((LIMITS.helped + BATCH) * FRAME);
  await checkpointer.close();
  expect(reports).toEqual([]);
  expect(stored()).toEqual(['ok', written(), written()]);
});

it('the log stays bounded also while a helper says nothing', async () => {
  const { batch, checkpointer, autocheckpoint } = await setUp({
    start: (_data, events) => {
      queueMicrotask(() => events.ready());
      return { pass: () => undefined, close: async () => undefined };
    },
  });
  let largest = 0;
  for (let i = 0; i < 40; i++) largest = Math.max(largest, await batch());
  expect(autocheckpoint()).toBe(LIMITS.helped);
  expect(largest).toBeGreaterThan(LIMITS.alone * 2 * FRAME);
  expect(largest).toBeLessThan((LIMITS.helped + BATCH) * FRAME);
  await checkpointer.close();
});

it('with a reader that stays the log grows beside the commits, and is moved when the reader ends', async () => {
  let passes = 0;
  const { batch, checkpointer, autocheckpoint } = await setUp({
    start: (data, events) => startHelper(data, { ...events, moved: (log) => events.moved((passes++, log)) }),
  });
  while (passes < 2) await batch();
  const reader = openSqlite(path, { readOnly: true });
  reader.exec('begin');
  const count = (): unknown => reader.prepare('select count(*) from messages').one()?.[0];
  const before = count();
  while ((await batch()) < 2 * LIMITS.helped * FRAME);
  for (const end = passes + 2; passes < end;) await batch();
  expect(Number(autocheckpoint())).toBeGreaterThan(2 * LIMITS.helped);
  expect(count()).toBe(before);
  reader.exec('commit');
  reader.close();
  while (Number(autocheckpoint()) > LIMITS.helped) await batch();
  const size = await batch();
  for (const end = passes + 5; passes < end;) expect(await batch()).toBeLessThanOrEqual(size);
  await checkpointer.close();
});

it('a helper that fails is said, and commits do without it', async () => {
  let passes = 0;
  const { batch, checkpointer, written, reports, autocheckpoint } = await setUp({
    // It has no file with this descriptor: the first pass throws.
    start: (data, events) =>
      startHelper({ ...data, descriptor: 1_000_000 }, { ...events, moved: () => passes++ }),
  });
  while (reports.length === 0) await batch();
  expect(reports).toEqual([expect.stringMatching(/thread for checkpoints failed.*EBADF/)]);
  expect(passes).toBe(0);
  expect(autocheckpoint()).toBe(LIMITS.alone);
  await batch();
  const after = await batch();
  for (let i = 0; i < 20; i++) expect(await batch()).toBe(after);
  await checkpointer.close();
  expect(stored()).toEqual(['ok', written(), written()]);
});

it('what the writer thread has to say is a warning of the process', async () => {
  const workers = new Set<Worker>();
  const post = Worker.prototype.postMessage;
  vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, ...message) {
    workers.add(this);
    post.apply(this, message);
  });
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const store = await createSqliteStore({ path });
  await store.commit([{ op: 'conversation.create', conv: 1, app: 'a', key: 'g:1', kind: 'group', at: 1 }]);
  for (const worker of workers) worker.emit('message', { kind: 'trouble', text: 'the disk is slow' });
  expect(warn).toHaveBeenCalledWith('the disk is slow', 'MagpieStoreWarning');
  expect(store.health()).toEqual({ ok: true });
  await store.close();
});

/** Runs the writer until the helper has made so many passes, and kills it where it is. Answers the batches it said were committed. */
async function killedAfter(passes: number, run: string): Promise<number> {
  const script = fileURLToPath(new URL('./checkpoint-writer.ts', import.meta.url));
  const args = ['--conditions=@magpie/source', '--import', 'tsx', script, path, run];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  let committed = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [batch, done] = line.split(' ').map(Number);
    committed = Number(batch) + 1;
    if (Number(done) >= passes) child.kill('SIGKILL');
  }
  expect(await gone).toEqual([null, 'SIGKILL']);
  return committed;
}

it('kill -9 during checkpoints loses nothing that was acknowledged', async () => {
  for (const [run, passes] of [3, 20, 57].entries()) {
    const committed = await killedAfter(passes, `r${run}`);
    const reader = openSqlite(path, { readOnly: true });
    expect(reader.prepare('pragma integrity_check').one()).toEqual(['ok']);
    const perConversation = reader
      .prepare(`select count(*) from messages where client_id like 'r${run}-%' group by conv`)
      .rows()
      .map(([count]) => Number(count));
    expect(perConversation).toHaveLength(20);
    for (const count of perConversation) expect(count).toBeGreaterThanOrEqual(committed);
    const [gaps] =
      reader
        .prepare(
          'select count(*) from (select max(seq) - count(*) as missing from messages group by conv) where missing <> 0',
        )
        .one() ?? [];
    expect(gaps).toBe(0);
    reader.close();
  }
});
