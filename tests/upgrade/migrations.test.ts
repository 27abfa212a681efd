import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { lastLanded } from './support/landed.ts';
import { isAtLeast, readMigration } from './support/takes-away.ts';

const folder = fileURLToPath(new URL('../../packages/store-sql/src/migrations/', import.meta.url));
const migrations = readdirSync(folder).filter((name) => /^m\d{4}-.*\.ts$/.test(name));

describe('migrations expand, then contract (ADR 0039)', () => {
  it.each(migrations)('%s takes away only what no version that may still run uses', (name) => {
    const { takes, contracts } = readMigration(readFileSync(join(folder, name), 'utf8'));
    if (contracts === undefined) return expect(takes).toEqual([]);
    // What is marked without need would let the next thing through unseen.
    expect(takes).not.toEqual([]);
    expect(isAtLeast(lastLanded().version, contracts), `${lastLanded().name} still uses it`).toBe(true);
  });

  it('are found', () => {
    expect(migrations).toContain('m0001-initial.ts');
  });

  it.each([
    ["m.run('alter table apps drop column label')", 'drops'],
    ["run('DROP TABLE apps')", 'drops'],
    ['run(`alter table ${name} rename to other`)', 'renames'],
    ["run('alter table apps rename column a to b')", 'renames'],
    ["db.schema.dropTable('apps').execute()", 'drops'],
    ["db.schema.alterTable('apps').renameColumn('a', 'b')", 'renames'],
    ["db.schema.alterTable('apps').alterColumn('a', (c) => c.setNotNull())", 'changes a column'],
    ["run('alter table apps add column a integer not null')", 'adds a column that must be written'],
  ])('%s takes something away', (source, what) => {
    expect(readMigration(source).takes).toEqual([expect.stringContaining(`${what}: `)]);
  });

  it.each([
    "run('create table apps (id text not null)')",
    "run('alter table apps add column a integer not null default 0')",
    'run(`alter table apps add column ${name} text`)',
    "run('drop index messages_name')",
    '// drop table apps',
  ])('%s does not', (source) => {
    expect(readMigration(source).takes).toEqual([]);
  });

  it('a mark is read, and compared as versions are', () => {
    expect(readMigration("const m = { version: 9, contracts: '0.2.0', up }").contracts).toBe('0.2.0');
    expect([isAtLeast('0.10.0', '0.9.5'), isAtLeast('0.2.0', '0.2.0'), isAtLeast('0.1.9', '0.2.0')]).toEqual([true, true, false]); // prettier-ignore
  });
});
