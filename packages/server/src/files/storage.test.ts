import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OffsetMismatch, UploadSuperseded, type FileKey, type FilePart, type FileStorage } from './port.ts';
import { createDiskStorage } from './storage.ts';
import { failure, pushed } from './test-support.ts';

const key: FileKey = { app: 'one', id: 'A'.repeat(32) };
let folder: string;
let storage: FileStorage;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'magpie-storage-'));
  storage = await createDiskStorage(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const from = (content: string) => Readable.from([Buffer.from(content)]);
const contentOf = async (part: FilePart, range?: { start: number; end: number }) => {
  const stream = await storage.read(key, part, range);
  return stream ? await text(stream) : undefined;
};
const put = (content: string, max = 100) => storage.receive(key, { source: from(content), max });

describe('uploads on a disk', () => {
  it('grow piece by piece, are sealed when whole, and kept', async () => {
    expect(await put('hello ')).toBe(6);
    expect(await storage.receive(key, { source: from('world'), offset: 6, max: 11 })).toBe(11);
    expect(await storage.seal(key, 11)).toBe(11);
    expect(await contentOf('original')).toBeUndefined();
    await storage.keep(key);
    expect(await contentOf('original')).toBe('hello world');
    expect(await contentOf('original', { start: 6, end: 8 })).toBe('wor');
    expect(await storage.stat(key, 'sealed')).toBeUndefined();
  });

  it('start over without an offset', async () => {
    await put('first and longer');
    expect(await put('second')).toBe(6);
    await storage.seal(key, 6);
    expect(await contentOf('sealed')).toBe('second');
  });

  it('refuse a piece that does not begin where they stand', async () => {
    await put('12345');
    for (const offset of [0, 4, 6]) {
      const wrong = storage.receive(key, { source: from('x'), offset, max: 100 });
      await expect(wrong).rejects.toEqual(new OffsetMismatch(5));
    }
    expect(await storage.received(key)).toBe(5);
  });

  it('keep nothing of a piece that is too large, and all of what was before', async () => {
    await put('12345');
    const tooMuch = Readable.from([Buffer.from('678'), Buffer.from('9012345')]);
    expect((await failure(storage.receive(key, { source: tooMuch, offset: 5, max: 10 }))).code).toBe(
      'TOO_LARGE',
    );
    expect(await storage.received(key)).toBe(5);
    expect((await failure(put('x'.repeat(11), 10))).code).toBe('TOO_LARGE');
    expect(await storage.received(key)).toBe(0);
  });

  it('keep what came before a break', async () => {
    const cut = pushed();
    const receiving = storage.receive(key, { source: cut.stream, max: 100 });
    cut.push(Buffer.from('half'));
    await untilRead(cut.stream);
    cut.fail();
    await expect(receiving).rejects.toThrow('cut');
    expect(await storage.received(key)).toBe(4);
  });

  it('belong to the newest writer: one that hangs is ended and what it wrote stays', async () => {
    const stale = pushed();
    const first = storage.receive(key, { source: stale.stream, max: 100 });
    stale.push(Buffer.from('half'));
    await untilRead(stale.stream);
    const ended = expect(first).rejects.toBeInstanceOf(UploadSuperseded);
    expect(await storage.received(key)).toBe(4);
    await ended;
    expect(await storage.receive(key, { source: from('way'), offset: 4, max: 100 })).toBe(7);
  });

  it('are out of reach once sealed: a writer that goes on writes beside', async () => {
    await put('clean');
    const late = pushed();
    expect(await storage.seal(key, 5)).toBe(5);
    const writing = storage.receive(key, { source: late.stream, max: 5 });
    late.push(Buffer.from('dirty'));
    await untilRead(late.stream);
    const ended = expect(writing).rejects.toBeInstanceOf(UploadSuperseded);
    await storage.keep(key);
    await ended;
    expect(await contentOf('original')).toBe('clean');
    expect(await readdir(join(folder, 'one', 'AA'))).toEqual([key.id]);
  });

  it('are not sealed before they are whole', async () => {
    expect(await storage.seal(key, 3)).toBeUndefined();
    await put('12');
    expect(await storage.seal(key, 3)).toBe(2);
    expect(await storage.stat(key, 'sealed')).toBeUndefined();
  });

  it('may be empty', async () => {
    expect(await put('')).toBe(0);
    expect(await storage.seal(key, 0)).toBe(0);
    await storage.keep(key);
    expect(await storage.stat(key, 'original')).toEqual({ size: 0 });
    expect(await contentOf('original', { start: 0, end: -1 })).toBe('');
  });

  it('are replaced, get renditions, and go without a trace', async () => {
    await put('with a place');
    await storage.seal(key, 12);
    await storage.writeRendition(key, 'thumb', Buffer.from('jpeg'), 'image/jpeg');
    await storage.writeRendition(key, 'thumb', Buffer.from('webp!'), 'image/webp');
    await storage.keep(key, Buffer.from('without'));
    expect(await contentOf('original')).toBe('without');
    expect(await storage.stat(key, 'thumb')).toEqual({ size: 5, mime: 'image/webp' });
    expect(await storage.stat(key, 'large')).toBeUndefined();
    const neighbour = { app: 'one', id: `${'A'.repeat(31)}B` };
    await storage.receive(neighbour, { source: from('stays'), max: 10 });
    await storage.remove(key);
    await storage.remove(key);
    expect(await readdir(join(folder, 'one', 'AA'))).toEqual([`${neighbour.id}.part`]);
  });

  it('stay apart by app', async () => {
    await put('mine');
    await storage.seal(key, 4);
    await storage.keep(key);
    expect(await storage.read({ ...key, app: 'two' }, 'original')).toBeUndefined();
  });
});

describe('the folder', () => {
  it('is nobody else’s to read', async () => {
    await put('secret');
    const { mode } = await stat(join(folder, 'one', 'AA', `${key.id}.part`));
    expect(mode & 0o077).toBe(0);
  });

  it('is never left: a key is ids or nothing', async () => {
    const hostile = fc.oneof(fc.string(), fc.constantFrom('..', '../x', '.', '', '/', 'a/b', 'C:\\x', 'x\0', `${'A'.repeat(32)}/..`, 'A'.repeat(33), 'A'.repeat(31))); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (app, id) => {
        fc.pre(!/^[0-9A-Za-z]{32}$/.test(id));
        await expect((async () => await storage.read({ app, id }, 'original'))()).rejects.toThrow(TypeError);
        await expect((async () => await storage.remove({ app: 'one', id }))()).rejects.toThrow(TypeError);
        await expect(
          (async () => await storage.stat({ app: `${app}/`, id: key.id }, 'original'))(),
        ).rejects.toThrow(TypeError);
      }),
    );
  });

  it('keeps one note for all who ask at once, and for later', async () => {
    const made = await Promise.all(
      [1, 2, 3, 4].map(() => storage.note('signing', () => randomBytes(8).toString('hex'))),
    );
    expect(new Set(made).size).toBe(1);
    const again = await (await createDiskStorage(folder)).note('signing', () => 'another');
    expect(again).toBe(made[0]);
    expect(await readdir(folder)).toEqual(['_signing']);
  });
});

/** Resolves when a pushed stream's bytes were taken: its reader waits for more. */
async function untilRead(stream: Readable): Promise<void> {
  for (let turns = 0; stream.readableLength > 0 || turns < 3; turns++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
