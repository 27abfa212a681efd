import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { BackupError, copyDurably, sizeOf, sync } from './disk.ts';
import { PARTS, type FilesFacts } from './manifest.ts';

interface Listed {
  readonly size: number;
  readonly name: string;
}

/** A name of the list leads nowhere but below the folder of files. */
const NAME = /^(_[a-z-]+|[a-z0-9][a-z0-9-]{0,31}\/[0-9A-Za-z]{2}\/[0-9A-Za-z]{32}(\.[a-z.]+)?)$/;

async function* listOf(from: string): AsyncGenerator<Listed> {
  const lines = createInterface({ input: createReadStream(join(from, PARTS.list)), crlfDelay: Infinity });
  for await (const line of lines) {
    const [size = '', name = ''] = line.split('\t');
    if (!/^\d{1,15}$/.test(size) || !NAME.test(name)) throw new BackupError(`${PARTS.list} has a line that is none: ${line.slice(0, 120)}`); // prettier-ignore
    yield { size: Number(size), name };
  }
}

/** Throws unless the list is the manifest's and every file of it has its size. */
export async function checkFiles(from: string, facts: FilesFacts): Promise<void> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const { size, name } of listOf(from)) {
    hash.update(`${size}\t${name}\n`);
    const has = await sizeOf(join(from, PARTS.files, name));
    if (has !== size) throw new BackupError(`${join(PARTS.files, name)} has ${has ?? 'no'} bytes, the list says ${size}. The backup is damaged.`); // prettier-ignore
    count++;
  }
  if (count !== facts.count || hash.digest('hex') !== facts.sha256) throw new BackupError(`${PARTS.list} is not what the manifest says. The backup is damaged.`); // prettier-ignore
}

/**
 * Copies the files to where a server looks for them. Copies, not second names: a backup stays what it is whatever becomes of the
 * restored folder. `signing`: the sealed key of file addresses too, which only the same master key opens.
 */
export async function placeFiles(from: string, to: string, { signing }: { signing: boolean }): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  let folder = to;
  for await (const { name } of listOf(from)) {
    if (!signing && name === '_signing') continue;
    const path = join(to, name);
    if (dirname(path) !== folder) {
      await sync(folder);
      folder = dirname(path);
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
    await rm(`${path}.restoring`, { force: true });
    await copyDurably(join(from, PARTS.files, name), `${path}.restoring`);
    await rename(`${path}.restoring`, path);
  }
  await sync(folder);
}
