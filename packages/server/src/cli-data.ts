import type { TransferProgress } from '@magpie/store-sql';
import type { Command } from 'commander';
import { backup, isPostgres, sqlitePath } from './backup/backup.ts';
import { restore } from './backup/restore.ts';
import { storeTools } from './compose.ts';
import { readConfig } from './config.ts';
import { VERSION } from './version.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Commands that copy or bring back what a server stands on. They read the same environment as the server. */
export function registerDataCommands(program: Command): void {
  program
    .command('backup')
    .description('Copy database and files while the server runs.')
    .requiredOption('--to <folder>', 'a new folder')
    .option('--with-key', 'put the master key into the backup too', false)
    .option('--files-only', 'PostgreSQL: the database is backed up by other means', false)
    .action((options: BackupFlags) => runBackup(options));
  program
    .command('restore')
    .description('Put a backup into an empty data folder; the server must be stopped.')
    .requiredOption('--from <folder>', 'a folder made by backup')
    .option('--force', 'also where something is; the database that was there is kept beside', false)
    .option('--key <file>', 'the master key, where the backup has none')
    .option('--new-key', 'go on without the master key; secrets have to be given anew', false)
    .action((options: RestoreFlags) => runRestore(options));
  program
    .command('migrate')
    .description('Copy the database of this data folder (SQLite) to PostgreSQL; the server must be stopped.')
    .requiredOption('--to <postgres://…>', 'an empty database')
    .action((options: { to: string }) => runMigrate(options.to));
  program
    .command('epoch')
    .description('After a database was brought back by other means: make clients fetch everything anew.')
    .action(() => runEpoch());
}

interface BackupFlags {
  readonly to: string;
  readonly withKey: boolean;
  readonly filesOnly: boolean;
}

async function runBackup(flags: BackupFlags): Promise<void> {
  const config = readConfig(process.env);
  const { createdAt } = await backup(config, { ...flags, version: VERSION, say });
  say(`backup    ${flags.to}, as of ${createdAt}`);
  if (!flags.withKey)
    say(`The master key is not in it. Without that key (${config.masterKey === undefined ? `master.key in ${config.dataFolder}` : 'MAGPIE_MASTER_KEY'}) secrets of apps and webhooks cannot be opened: keep a copy elsewhere.`); // prettier-ignore
  else say('The master key is in it: whoever has the backup can open every secret.');
}

interface RestoreFlags {
  readonly from: string;
  readonly force: boolean;
  readonly key?: string;
  readonly newKey: boolean;
}

async function runRestore(flags: RestoreFlags): Promise<void> {
  const config = readConfig(process.env);
  const { createdAt, database } = await restore(config, { ...flags, key: flags.key, now: Date.now, say });
  say(
    `restored  ${config.dataFolder}, as of ${createdAt}.${database ? ' Clients will fetch everything anew.' : ''}`,
  );
  if (flags.newKey) say('Give every door (magpie app rotate-secret) and every webhook a new secret: those of the backup cannot be opened.'); // prettier-ignore
}

async function runMigrate(to: string): Promise<void> {
  if (!isPostgres(to)) throw new Error('--to must be postgres://…');
  const config = readConfig(process.env);
  if (isPostgres(config.store)) throw new Error('MAGPIE_STORE is PostgreSQL already; migrate copies from SQLite.'); // prettier-ignore
  const lock = storeTools.lockDataFolder(config.dataFolder);
  try {
    const { tables, version } = await storeTools.copyToPostgres({ from: sqlitePath(config.store), to, onProgress: progress() }); // prettier-ignore
    for (const { name, rows, digest } of tables) say(`${name.padEnd(20)} ${String(rows).padStart(12)}  ${digest.slice(-16)}`); // prettier-ignore
    say(`Both databases hold the same, version ${version}. Start the server with MAGPIE_STORE set to PostgreSQL and the same MAGPIE_DATA: the master key and the files stay there.`); // prettier-ignore
  } finally {
    lock.release();
  }
}

const EVERY = 2_000;

function progress(): (progress: TransferProgress) => void {
  let told = performance.now();
  return ({ step, table, rows, done }) => {
    const now = performance.now();
    if (now - told < EVERY && !(done && step === 'indexed')) return;
    told = now;
    say(step === 'indexed' ? 'indexes made, comparing…' : `${step} ${table} ${rows}`);
  };
}

async function runEpoch(): Promise<void> {
  const config = readConfig(process.env);
  const lock = storeTools.lockDataFolder(config.dataFolder);
  try {
    const epoch = isPostgres(config.store) ? await storeTools.beginEpochPostgres(config.store) : storeTools.beginEpochSqlite(sqlitePath(config.store)).epoch; // prettier-ignore
    say(`The epoch is ${epoch}. Clients will fetch everything anew.`);
  } finally {
    lock.release();
  }
}
