export { FolderLockedError, lockDataFolder, type FolderLock } from './sqlite/lock.ts';
export { createSqliteStore, type SqliteStoreOptions } from './sqlite/store.ts';
