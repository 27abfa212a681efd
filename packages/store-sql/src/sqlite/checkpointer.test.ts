import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Checkpointer, CHECKPOINTS } from './checkpointer.ts';
import type { HelperEvents } from './checkpointer-client.ts';
import type { SqliteWriter } from './writer.ts';

let folder = '';
let path = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'magpie-checkpointer-'));
  path = join(folder, 'a.db');
  await writeFile(path, '');
  vi.useFakeTimers();
});

afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

/** A checkpointer whose writer and helper only note what they are asked. */
function setUp() {
  const asked: string[] = [];
  const reports: string[] = [];
  const helpers: HelperEvents[] = [];
  let whole = true;
  const writer: SqliteWriter = {
    epoch: 'e',
    write: async () => [],
    checkpoint: () => {
      asked.push('complete');
      return { whole };
    },
    boundLog: (frames) => asked.push(`bound ${frames}`),
    close: () => asked.push('close writer'),
  };
  const checkpointer = new Checkpointer(writer, {
    path,
    report: (text) => reports.push(text),
    start: (_data, events) => {
      asked.push('start');
      helpers.push(events);
      return {
        pass: () => asked.push('pass'),
        close: async () => void asked.push('close helper'),
      };
    },
  });
  return {
    checkpointer,
    writer,
    reports,
    asked: () => asked.splice(0),
    helper: () => helpers.at(-1)!,
    setWhole: (value: boolean) => (whole = value),
    /** A batch every 50 ms: no pause. */
    work: (ms: number, units: number) => {
      for (let passed = 0; passed < ms; passed += 50) {
        checkpointer.wrote(units);
        vi.advanceTimersByTime(50);
      }
    },
  };
}

const { alone, helped, complete, idle, retry } = CHECKPOINTS;

it('a small server has no helper, and moves the log in its pauses', () => {
  const { work, asked } = setUp();
  work(10_000, 5);
  expect(asked()).toEqual([`bound ${alone}`]);
  vi.advanceTimersByTime(idle);
  expect(asked()).toEqual(['complete']);
  for (let i = 0; i < 5; i++) {
    work(900, 1000);
    vi.advanceTimersByTime(idle);
  }
  expect(asked()).toEqual(Array.from({ length: 5 }, () => 'complete'));
});

it('what could not be moved in a pause is tried again', () => {
  const { checkpointer, asked, setWhole } = setUp();
  setWhole(false);
  checkpointer.wrote(1);
  vi.advanceTimersByTime(3 * idle);
  setWhole(true);
  vi.advanceTimersByTime(10 * idle);
  expect(asked()).toEqual([`bound ${alone}`, 'complete', 'complete', 'complete', 'complete']);
});

it('under load a helper does it, one pass at a time, and the writer completes a long log after its next batch', () => {
  const { checkpointer, work, asked, helper } = setUp();
  work(3000, 100);
  expect(asked()).toEqual([`bound ${alone}`, 'start']);
  helper().ready();
  expect(asked()).toEqual([`bound ${helped}`]);
  work(3000, 100);
  expect(asked()).toEqual(['pass']);
  helper().moved({ frames: complete - 1, left: 0 });
  asked();
  work(1000, 1);
  expect(asked()).toEqual(['pass']);
  helper().moved({ frames: complete, left: 100 });
  expect(asked()).toEqual([`bound ${helped}`]);
  checkpointer.wrote(1);
  expect(asked()).toEqual(['complete']);
});

it('while somebody reads on and on nobody waits for the log', () => {
  const { checkpointer, work, asked, helper } = setUp();
  work(1200, 100);
  helper().ready();
  asked();
  const frames = 3 * helped;
  helper().moved({ frames, left: complete });
  checkpointer.wrote(1);
  expect(asked()).toEqual([`bound ${frames + helped}`]);
  helper().moved({ frames, left: 0 });
  checkpointer.wrote(1);
  expect(asked()).toEqual([`bound ${helped}`, 'complete']);
});

it('a helper that dies is said and done without; a minute later another is tried', () => {
  const { work, asked, helper, reports } = setUp();
  work(1200, 100);
  helper().ready();
  asked();
  helper().ended('out of memory');
  expect(asked()).toEqual([`bound ${alone}`]);
  expect(reports).toEqual([expect.stringContaining('out of memory')]);
  work(retry - 5000, 100);
  expect(asked()).toEqual([]);
  work(6000, 100);
  expect(asked()).toEqual(['start']);
});

it('a file that cannot be written is said once a while and does not end the writer; anything else does', () => {
  const { checkpointer, writer, reports } = setUp();
  const failing = vi.spyOn(writer, 'checkpoint');
  failing.mockImplementation(() => {
    throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
  });
  for (let i = 0; i < 3; i++) {
    checkpointer.wrote(1);
    vi.advanceTimersByTime(idle);
  }
  expect(failing).toHaveBeenCalledTimes(3);
  expect(reports).toEqual([expect.stringContaining('disk is full')]);
  failing.mockImplementation(() => {
    throw new TypeError('a mistake');
  });
  checkpointer.wrote(1);
  expect(() => vi.advanceTimersByTime(idle)).toThrow('a mistake');
});

it('at the end the helper closes its connection before the writer does', async () => {
  const { checkpointer, work, asked } = setUp();
  work(1200, 100);
  asked();
  await checkpointer.close();
  vi.advanceTimersByTime(10 * idle);
  expect(asked()).toEqual(['close helper', 'close writer']);
});
