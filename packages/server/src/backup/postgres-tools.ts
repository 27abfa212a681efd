import { spawn } from 'node:child_process';
import { BackupError } from './disk.ts';

/** PostgreSQL's own tools, where they are installed and new enough for the server. */
export async function pgDump(url: string, to: string, major: number): Promise<void> {
  await mustServe('pg_dump', major, 'Or back the database up by other means (pg_basebackup, point-in-time recovery, your provider’s snapshots) and the rest with: magpie backup --files-only --to FOLDER'); // prettier-ignore
  await run('pg_dump', ['--format=custom', '--no-owner', '--no-privileges', `--file=${to}`], url);
}

/** Into an empty database, all or nothing. */
export async function pgRestore(url: string, from: string, major: number): Promise<void> {
  await mustServe('pg_restore', major, `Or run one that is, and then: magpie epoch\n  pg_restore --no-owner --single-transaction --dbname=DATABASE ${from}`); // prettier-ignore
  await run('pg_restore', ['--no-owner', '--no-privileges', '--single-transaction', '--exit-on-error', from], url); // prettier-ignore
}

async function mustServe(tool: string, major: number, instead: string): Promise<void> {
  const said = await output(tool, ['--version']).catch(() => undefined);
  const own = Number(/\b(\d+)(?:\.\d+|devel|beta|rc)/.exec(said ?? '')?.[1] ?? 0);
  if (said === undefined) throw new BackupError(`${tool} is not installed here. Install the client tools of PostgreSQL ${major}. ${instead}`); // prettier-ignore
  if (own < major) throw new BackupError(`${tool} here is of PostgreSQL ${own}, the server is ${major}: it needs version ${major} or newer. ${instead}`); // prettier-ignore
}

/** The address goes through the environment: arguments can be read by everybody on the machine. */
async function run(tool: string, args: readonly string[], url: string): Promise<void> {
  const env = environmentOf(url);
  await output(tool, [`--dbname=${env['PGDATABASE'] ?? ''}`, ...args], env);
}

/** What libpq reads in place of an address. */
export function environmentOf(url: string): Record<string, string> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const user = decodeURIComponent(username);
  return {
    PGHOST: searchParams.get('host') ?? hostname.replace(/^\[|\]$/g, ''),
    PGPORT: port || '5432',
    PGDATABASE: decodeURIComponent(pathname.slice(1)) || user,
    ...(user === '' ? {} : { PGUSER: user }),
    ...(password === '' ? {} : { PGPASSWORD: decodeURIComponent(password) }),
    ...(searchParams.has('sslmode') ? { PGSSLMODE: searchParams.get('sslmode') ?? '' } : {}),
  };
}

function output(tool: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    let trouble = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    // What a tool has to complain of may be long; its end says why it gave up.
    child.stderr.on('data', (chunk: Buffer) => (trouble = (trouble + chunk.toString()).slice(-4_000)));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(said);
      else reject(new BackupError(`${tool} failed: ${trouble.trim() || `it ended with ${code}`}`));
    });
  });
}
