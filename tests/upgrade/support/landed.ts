import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import type { createClient } from '@magpie/client';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const kept = fileURLToPath(new URL('../landed/', import.meta.url));

/** A version that was landed, as `scripts/keep-landed.mjs` kept it. */
export interface Landed {
  readonly name: string;
  readonly version: string;
  /** Its newest migration. */
  readonly schema: number;
  /** Packages of npm that it imports, in the versions it was built with. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Entry of its server, for plain node. */
  readonly server: string;
  /** Its client: what today's tests call of it, it had as well. */
  client(): Promise<typeof createClient>;
}

/** All that are kept, oldest first. */
export function allLanded(): Landed[] {
  return readdirSync(kept)
    .toSorted()
    .map((name) => {
      const manifest = JSON.parse(readFileSync(join(kept, name, 'manifest.json'), 'utf8')) as Pick<
        Landed,
        'version' | 'schema' | 'dependencies'
      >;
      const folder = unpack(name);
      return {
        name,
        ...manifest,
        server: join(folder, 'packages/server/dist/main.js'),
        client: async () => {
          const url = pathToFileURL(join(folder, 'client.js')).href;
          const loaded = (await import(/* @vite-ignore */ url)) as { createClient: typeof createClient };
          return loaded.createClient;
        },
      };
    });
}

/** The newest that is kept: what runs in production when this version comes. */
export function lastLanded(): Landed {
  const last = allLanded().at(-1);
  if (last === undefined) throw new Error('no landed version is kept: node scripts/keep-landed.mjs <commit>');
  return last;
}

/** Below node_modules, where the packages it imports are found and nothing is committed; once per content. */
function unpack(name: string): string {
  const packed = readFileSync(join(kept, name, 'bundle.json.br'));
  const digest = createHash('sha256').update(packed).digest('hex').slice(0, 12);
  const folder = join(root, 'node_modules', '.cache', 'magpie', 'landed', `${name}-${digest}`);
  if (existsSync(folder)) return folder;
  const files = JSON.parse(brotliDecompressSync(packed).toString('utf8')) as Record<string, string>;
  const making = `${folder}.${process.pid}`;
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(making, path)), { recursive: true });
    writeFileSync(join(making, path), text);
  }
  try {
    renameSync(making, folder);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
