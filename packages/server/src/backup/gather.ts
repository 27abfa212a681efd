import { createHash } from 'node:crypto';
import { mkdir, rm, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileGroup } from '@magpie/store-sql';
import { linkOrCopy, namesIn, sizeOf, sync } from './disk.ts';
import type { FilesFacts } from './manifest.ts';

/**
 * Bytes of files are never changed once they have their name, so a second name for them is a copy. Uploads that still come in
 * (`.part`) and drafts (`.tmp`) have no row that needs them: whoever sends them sends them again.
 */
const settled = (name: string): boolean => !/\.(part|tmp|copying)$/.test(name);

/** `<app>/<2 characters>`, as `files/storage.ts` lays them out. */
async function* shardsOf(root: string): AsyncGenerator<readonly [app: string, prefix: string]> {
  for (const app of await namesIn(root)) {
    if (!/^[a-z0-9][a-z0-9-]*$/.test(app)) continue;
    for (const prefix of await namesIn(join(root, app))) if (prefix.length === 2) yield [app, prefix];
  }
}

/**
 * Takes everything that lies there. Done before the database is copied, so that a file which is deleted while that goes on is
 * there all the same; and again after it, for what came meanwhile.
 */
export async function takeAll(live: string, into: string): Promise<void> {
  await mkdir(into, { recursive: true, mode: 0o700 });
  for (const name of await namesIn(live))
    if (/^_[a-z-]+$/.test(name)) await linkOrCopy(join(live, name), join(into, name));
  for await (const [app, prefix] of shardsOf(live)) await takeShard(live, into, app, prefix, () => true);
}

async function takeShard(
  live: string,
  into: string,
  app: string,
  prefix: string,
  wanted: (id: string) => boolean,
): Promise<void> {
  const from = join(live, app, prefix);
  const names = (await namesIn(from)).filter((name) => settled(name) && wanted(idOf(name)));
  if (names.length === 0) return;
  await mkdir(join(into, app, prefix), { recursive: true, mode: 0o700 });
  for (const name of names) await linkOrCopy(join(from, name), join(into, app, prefix, name));
}

/** Brings what was taken level with the copied database: adds what it knows besides, drops what it does not know. */
export async function level(live: string, into: string, groups: Iterable<FileGroup>): Promise<number> {
  let missing = 0;
  const kept = new Set<string>();
  for (const { app, prefix, files } of groups) {
    kept.add(`${app}/${prefix}`);
    await takeShard(live, into, app, prefix, (id) => files.has(id));
    const folder = join(into, app, prefix);
    const names = new Set(await namesIn(folder));
    for (const name of names) if (!belongs(name, files)) await rm(join(folder, name));
    for (const [id, state] of files) if (state === 'finished' && !names.has(id)) missing++;
  }
  for await (const [app, prefix] of shardsOf(into))
    if (!kept.has(`${app}/${prefix}`)) await rm(join(into, app, prefix), { recursive: true });
  return missing;
}

/** A sealed upload is of use until it is finished. */
function belongs(name: string, files: FileGroup['files']): boolean {
  const state = files.get(idOf(name));
  return state !== undefined && !(state === 'finished' && name.endsWith('.sealed'));
}

const idOf = (name: string): string => name.split('.', 1)[0] ?? name;

/** Writes the list of what was taken, and makes all of it durable. */
export async function writeList(root: string, path: string, missing: number): Promise<FilesFacts> {
  const hash = createHash('sha256');
  let count = 0;
  let bytes = 0;
  const list = await open(path, 'wx', 0o600);
  try {
    for await (const { name, size } of listed(root)) {
      const line = `${size}\t${name}\n`;
      hash.update(line);
      await list.appendFile(line);
      count++;
      bytes += size;
    }
    await list.sync();
  } finally {
    await list.close();
  }
  return { count, bytes, sha256: hash.digest('hex'), missing };
}

async function* listed(root: string): AsyncGenerator<{ readonly name: string; readonly size: number }> {
  for (const name of (await namesIn(root)).sort()) {
    const size = await sizeOf(join(root, name));
    if (size !== undefined) yield { name, size };
  }
  for await (const [app, prefix] of shardsOf(root)) {
    const folder = join(root, app, prefix);
    for (const name of (await namesIn(folder)).sort())
      yield { name: `${app}/${prefix}/${name}`, size: (await sizeOf(join(folder, name))) ?? 0 };
    await sync(folder);
    await sync(join(root, app));
  }
  await sync(root);
}
