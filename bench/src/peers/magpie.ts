import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callAsAdmin, createApp } from './admin.ts';
import { ADMIN_TOKEN } from './door.ts';
import { prepareProfiler } from './profiler.ts';
import { endWithUs, stopChild, waitForLine, type Peer } from './peer.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** As `npm start` runs it; or, with `--server=bundle`, as containers do after `npm run build`. */
const PROGRAMS = {
  source: ['--conditions=@magpie/source', '--import', 'tsx', 'packages/server/src/main.ts'],
  bundle: ['packages/server/dist/main.js'],
} as const;

export type Program = keyof typeof PROGRAMS;

export interface MagpieOptions {
  readonly program?: Program;
  /** A folder that was filled before; absent: a new one, removed at the end. */
  readonly folder?: string;
  /** A database besides, and the root of its processes. */
  readonly database?: { readonly url: string; readonly root: number };
  /** Folder for CPU profiles. */
  readonly profile?: string | undefined;
  /** For Node itself. */
  readonly nodeArguments?: readonly string[];
  /** Settings of the app beside the lifted rates. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** As an operator would set it, e.g. of a cluster. */
  readonly env?: Readonly<Record<string, string>>;
  /** The app is there already. */
  readonly joins?: boolean;
}

export interface MagpiePeer extends Peer {
  /** From the start of the process until it says that it runs, in ms. */
  readonly readyAfter: number;
  readonly child: ChildProcess;
  /** An operation as the operator, for a user if one is named. */
  admin(operation: string, input: unknown, user?: string): Promise<unknown>;
}

/** The whole server as an operator runs it: fsync, membership, unread, receipts, all checks; only rates are lifted. */
export async function startMagpie(options: MagpieOptions = {}): Promise<MagpiePeer> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'magpie-bench-')));
  const profiler = options.profile === undefined ? undefined : await prepareProfiler(options.profile);
  const began = performance.now();
  const child = spawn(process.execPath, [...(options.nodeArguments ?? []), ...(profiler?.nodeArguments ?? []), ...PROGRAMS[options.program ?? 'source']], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production', PORT: '0', MAGPIE_DATA: folder, MAGPIE_ADMIN_TOKEN: ADMIN_TOKEN, MAGPIE_LOG: 'error', MAGPIE_DEMO: '0', ...(options.database ? { MAGPIE_STORE: options.database.url } : {}), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  }); // prettier-ignore
  endWithUs(child);
  const [, url = ''] = await waitForLine(child, /running at (\S+)/);
  const readyAfter = performance.now() - began;
  const admin = (operation: string, input: unknown, user?: string) =>
    callAsAdmin(url, operation, input, user);
  if (options.folder === undefined && !options.joins) await createApp(url, options.settings);
  return {
    name: 'magpie',
    address: { kind: 'magpie', url },
    roots: [child.pid ?? 0, ...(options.database ? [options.database.root] : [])],
    readyAfter,
    child,
    admin,
    ...(profiler ? { profiled: profiler.profiled } : {}),
    makeGroup: (users) => makeGroup(admin, users),
    stop: async () => {
      await stopChild(child);
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

const INVITED = 500;

async function makeGroup(admin: MagpiePeer['admin'], [owner, ...rest]: readonly string[]): Promise<void> {
  await admin('group.create', { id: 'bench', kind: 'community', members: rest.slice(0, INVITED) }, owner);
  for (let i = INVITED; i < rest.length; i += INVITED)
    await admin('group.invite', { id: 'bench', users: rest.slice(i, i + INVITED) }, owner);
}
