export { openStore, type OpenStoreOptions } from './factory.ts';
export { createPostgresStore, type PostgresStoreOptions } from './postgres/store.ts';
export { FolderLockedError, lockDataFolder, type FolderLock } from './sqlite/lock.ts';
export { createSqliteStore, type SqliteStoreOptions } from './sqlite/store.ts';
export {
  beginEpochSqlite,
  databaseFacts,
  fileGroups,
  SCHEMA_VERSION,
  snapshotSqlite,
  type DatabaseFacts,
  type FileGroup,
} from './sqlite/backup.ts';
export { beginEpochPostgres, mustBeFree, postgresFacts } from './transfer/postgres-facts.ts';
export { TransferError } from './transfer/tables.ts';
export { copyToPostgres, type TransferProgress } from './transfer/to-postgres.ts';
