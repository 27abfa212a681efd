import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { environmentOf, pgDump, pgRestore } from './postgres-tools.ts';

let folder: string;
const path = process.env['PATH'];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'magpie-tools-'));
  process.env['PATH'] = folder;
});
afterEach(async () => {
  process.env['PATH'] = path;
  await rm(folder, { recursive: true, force: true });
});

/** A tool that says its version, and writes down what it was asked. */
async function install(tool: string, version: string, end = 0): Promise<void> {
  const script = `#!/bin/sh
if [ "$1" = --version ]; then echo "${tool} (PostgreSQL) ${version}"; exit 0; fi
echo "$@" > ${folder}/asked; echo "$PGUSER $PGPASSWORD $PGHOST $PGPORT $PGDATABASE" > ${folder}/env
echo "it did not work" >&2; exit ${end}
`;
  await writeFile(join(folder, tool), script);
  await chmod(join(folder, tool), 0o755);
}

const url = 'postgres://us%40er:se%2Fcret@db.example:6000/magpie?sslmode=require';

it('asks the tool with the password in the environment alone', async () => {
  await install('pg_dump', '18.1');
  await pgDump(url, '/copy', 17);
  const asked = await readFile(join(folder, 'asked'), 'utf8');
  expect(asked).toBe('--dbname=magpie --format=custom --no-owner --no-privileges --file=/copy\n');
  expect(await readFile(join(folder, 'env'), 'utf8')).toBe('us@er se/cret db.example 6000 magpie\n');
  expect(environmentOf(url)['PGSSLMODE']).toBe('require');
  expect(environmentOf('postgres://root@[::1]/')).toEqual({ PGHOST: '::1', PGPORT: '5432', PGDATABASE: 'root', PGUSER: 'root' }); // prettier-ignore
});

it('says what to do when the tool is missing, too old, or fails', async () => {
  await expect(pgDump(url, '/copy', 18)).rejects.toThrow(/not installed here.*--files-only/);
  await install('pg_dump', '15.18 (Debian 15.18-0+deb12u1)');
  await expect(pgDump(url, '/copy', 18)).rejects.toThrow(/of PostgreSQL 15, the server is 18.*--files-only/);
  await install('pg_restore', '19beta1', 3);
  await expect(pgRestore(url, '/copy', 18)).rejects.toThrow('pg_restore failed: it did not work');
});
