export { openStore, type OpenStoreOptions } from './factory.ts';
export { createPostgresStore, type PostgresStoreOptions } from './postgres/store.ts';
export { FolderLockedError, lockDataFolder, type FolderLock } from './sqlite/lock.ts';
export { createSqliteStore, type SqliteStoreOptions } from './sqlite/store.ts';
