import { fdatasyncSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromHelper, HelperData, ToHelper } from './checkpointer-client.ts';
import { openSqlite } from './handle.ts';

/** The thread that moves the log into the database file beside the writer. Whatever goes wrong ends it: the writer goes on alone. */

/** A pass of so many ms leaves what was written meanwhile: rather another, of less, than the writer waiting for that. */
const LONG = 100;
const MAX_PASSES = 3;

const port = parentPort;
if (!port) throw new Error('this file is the start of a worker thread');
const answer = (message: FromHelper): void => port.postMessage(message);

const { path, descriptor } = workerData as HelperData;
const handle = openSqlite(path);
handle.exec('pragma synchronous = full; pragma cache_size = -1024');
const pass = handle.prepare('pragma wal_checkpoint(passive)');

port.on('message', (message: ToHelper) => {
  if (message === 'close') {
    handle.close();
    port.close();
    return;
  }
  let began: number;
  let log: readonly number[];
  let passes = 0;
  do {
    began = performance.now();
    log = (pass.one() ?? []).map(Number);
    // SQLite syncs the file only when nothing was written meanwhile; what is synced here the writer's own pass need not wait for.
    fdatasyncSync(descriptor);
  } while (performance.now() - began > LONG && ++passes < MAX_PASSES);
  const [, frames = 0, moved = 0] = log;
  answer({ frames, left: frames - moved });
});
answer('ready');
