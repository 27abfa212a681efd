import { randomBytes } from 'node:crypto';
import {
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  unlink,
  type FileHandle,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { MagpieError } from '@magpie/protocol';
import { OffsetMismatch, UploadSuperseded, type ByteRange, type FileKey, type FilePart, type FileStorage, type Receiving, type Rendition, type RenditionMime, type StoredBytes } from './port.ts'; // prettier-ignore

export type { FileStorage } from './port.ts';

const APP = /^[a-z0-9][a-z0-9-]{0,31}$/;
const ID = /^[0-9A-Za-z]{32}$/;
const NOTE = /^[a-z][a-z-]{0,31}$/;
/** The medium's fault, not the caller's; the same request may succeed later. */
const MEDIUM = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE']);
const ENDINGS: Readonly<Record<RenditionMime, string>> = { 'image/jpeg': 'jpg', 'image/webp': 'webp' };

/** Files in a folder: `<app>/<2 characters of the id>/<id>[.part|.sealed|.large.jpg|…]`. */
export async function createDiskStorage(folder: string): Promise<FileStorage> {
  const root = resolve(folder);
  await mkdir(root, { recursive: true, mode: 0o700 });
  return new DiskStorage(root);
}

interface Writer {
  readonly abort: AbortController;
  readonly done: Promise<unknown>;
}

class DiskStorage implements FileStorage {
  private readonly root: string;
  /** Who holds an upload, by path. One at a time; a newcomer ends the holder and waits for it. */
  private readonly writers = new Map<string, Writer>();

  constructor(root: string) {
    this.root = root;
  }

  receive(key: FileKey, { source, offset, max }: Receiving): Promise<number> {
    const path = this.path(key);
    // It may break while it waits for its turn, when nobody else listens.
    source.on('error', () => undefined);
    return this.exclusive(path, async (signal) => {
      const onAbort = () => source.destroy(new UploadSuperseded());
      signal.addEventListener('abort', onAbort);
      try {
        await this.makeFolder(dirname(path));
        const stands = (await sizeOf(`${path}.part`)) ?? 0;
        if (offset !== undefined && offset !== stands) throw new OffsetMismatch(stands);
        return await writePart(`${path}.part`, source, offset, max);
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    });
  }

  received(key: FileKey): Promise<number> {
    const path = this.path(key);
    return this.exclusive(
      path,
      async () => (await sizeOf(`${path}.part`)) ?? (await sizeOf(`${path}.sealed`)) ?? 0,
    );
  }

  seal(key: FileKey, size: number): Promise<number | undefined> {
    const path = this.path(key);
    return this.exclusive(path, async () => {
      const has = await sizeOf(`${path}.part`);
      if (has === undefined) return await sizeOf(`${path}.sealed`);
      if (has === size) await move(`${path}.part`, `${path}.sealed`);
      return has;
    });
  }

  async keep(key: FileKey, replacement?: Uint8Array): Promise<void> {
    const path = this.path(key);
    if (replacement) {
      await this.write(path, replacement);
      await drop(`${path}.sealed`);
    } else if ((await sizeOf(`${path}.sealed`)) !== undefined) {
      await move(`${path}.sealed`, path);
    }
    // Whatever came after the seal belongs to nothing.
    await this.exclusive(path, () => drop(`${path}.part`));
  }

  async writeRendition(key: FileKey, part: Rendition, bytes: Uint8Array, mime: RenditionMime): Promise<void> {
    const path = this.path(key);
    for (const other of Object.values(ENDINGS))
      if (other !== ENDINGS[mime]) await drop(`${path}.${part}.${other}`);
    await this.write(`${path}.${part}.${ENDINGS[mime]}`, bytes);
  }

  async stat(key: FileKey, part: FilePart): Promise<StoredBytes | undefined> {
    for (const { path, mime } of this.candidates(key, part)) {
      const size = await sizeOf(path);
      if (size !== undefined) return { size, ...(mime ? { mime } : {}) };
    }
    return undefined;
  }

  async read(key: FileKey, part: FilePart, range?: ByteRange): Promise<Readable | undefined> {
    if (range && range.end < range.start) return Readable.from([]);
    for (const { path } of this.candidates(key, part)) {
      const handle = await open(path, 'r').catch(absent);
      if (handle) return handle.createReadStream(range ? { start: range.start, end: range.end } : {});
    }
    return undefined;
  }

  async remove(key: FileKey): Promise<void> {
    const path = this.path(key);
    await this.exclusive(path, async () => {
      const folder = dirname(path);
      const names = (await readdir(folder).catch(absent)) ?? [];
      for (const name of names)
        if (name === key.id || name.startsWith(`${key.id}.`)) await drop(join(folder, name));
    });
  }

  async removeApp(app: string): Promise<void> {
    if (!APP.test(app)) throw new TypeError('not the id of an app');
    await rm(join(this.root, app), { recursive: true, force: true });
  }

  async note(name: string, make: () => string): Promise<string> {
    if (!NOTE.test(name)) throw new TypeError(`not the name of a note: ${name}`);
    const path = join(this.root, `_${name}`);
    const there = await readFile(path, 'utf8').catch(absent);
    if (there !== undefined) return there;
    // Written apart and linked into place: nobody reads half of it, and the first one stays.
    const draft = `${path}.${randomBytes(6).toString('hex')}`;
    await writeDurably(draft, Buffer.from(make()));
    await link(draft, path).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    await drop(draft);
    await syncFolder(this.root);
    return await readFile(path, 'utf8');
  }

  private path({ app, id }: FileKey): string {
    if (!APP.test(app) || !ID.test(id)) throw new TypeError('not the key of a file');
    return join(this.root, app, id.slice(0, 2), id);
  }

  private candidates(key: FileKey, part: FilePart): readonly { path: string; mime?: RenditionMime }[] {
    const path = this.path(key);
    if (part === 'original') return [{ path }];
    if (part === 'sealed') return [{ path: `${path}.sealed` }];
    return (['image/jpeg', 'image/webp'] as const).map((mime) => ({
      path: `${path}.${part}.${ENDINGS[mime]}`,
      mime,
    }));
  }

  private async write(path: string, bytes: Uint8Array): Promise<void> {
    await this.makeFolder(dirname(path));
    // The id comes first, so that `remove` finds what a crash left.
    const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
    await writeDurably(draft, bytes);
    await move(draft, path);
  }

  /** A new folder is on the disk only when every folder above it was written out. */
  private async makeFolder(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 }).catch(mediumFault);
    if (first === undefined) return;
    for (let at = folder; at.startsWith(this.root); at = dirname(at)) await syncFolder(at);
  }

  private async exclusive<T>(path: string, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const earlier = this.writers.get(path);
    earlier?.abort.abort();
    const abort = new AbortController();
    const done = (async () => {
      await earlier?.done.catch(() => undefined);
      if (abort.signal.aborted) throw new UploadSuperseded();
      return await run(abort.signal);
    })();
    const writer: Writer = { abort, done };
    this.writers.set(path, writer);
    try {
      return await done;
    } finally {
      if (this.writers.get(path) === writer) this.writers.delete(path);
    }
  }
}

async function writePart(
  path: string,
  source: Readable,
  offset: number | undefined,
  max: number,
): Promise<number> {
  const handle = await open(path, offset ? 'r+' : 'w', 0o600).catch(mediumFault);
  try {
    const from = offset ?? 0;
    let at = from;
    try {
      // A refused request still has to be answered: leaving the loop must not destroy its socket.
      for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
        if (at + chunk.length > max) {
          await handle.truncate(from);
          throw new MagpieError('TOO_LARGE', { detail: { maxBytes: max } });
        }
        await writeAll(handle, chunk, at);
        at += chunk.length;
      }
    } finally {
      // Also after a break: the offset that is told next must hold through a power cut.
      await handle.sync();
    }
    if (from === 0) await syncFolder(dirname(path));
    return at;
  } catch (error) {
    return mediumFault(error);
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  try {
    const handle = await open(path, 'wx', 0o600);
    try {
      await writeAll(handle, bytes, 0);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await drop(path);
    mediumFault(error);
  }
}

async function move(from: string, to: string): Promise<void> {
  await rename(from, to).catch(mediumFault);
  await syncFolder(dirname(to));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(mediumFault);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(absent))?.size;
}

async function drop(path: string): Promise<void> {
  await unlink(path).catch(absent);
}

function absent(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined;
  return mediumFault(error);
}

function mediumFault(error: unknown): never {
  throw MEDIUM.has(codeOf(error) ?? '') ? new MagpieError('STORE_UNAVAILABLE', { cause: error }) : error;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
