import { parentPort, workerData } from 'node:worker_threads';
import { Checkpointer } from './checkpointer.ts';
import { openSqliteWriter, type SqliteWriter } from './writer.ts';
import type { FromWriter, ToWriter, WriterData } from './writer-messages.ts';

/** The thread that owns the writing connection. Whatever goes wrong here unexpectedly ends it: it never limps. */

const port = parentPort;
if (!port) throw new Error('this file is the start of a worker thread');
const answer = (message: FromWriter): void => port.postMessage(message);

const { path, now } = workerData as WriterData;
const writer = await openSqliteWriter(path, now).catch((error: unknown) => {
  answer({ kind: 'refused', reason: error instanceof Error ? error.message : String(error) });
  return undefined;
});
if (writer) serve(writer);

function serve(writer: SqliteWriter): void {
  const checkpointer = new Checkpointer(writer, {
    path,
    report: (text) => answer({ kind: 'trouble', text }),
  });
  // Batches may come ahead of time; they are written in the order they came.
  let writing: Promise<unknown> = Promise.resolve();
  port?.on('message', (message: ToWriter) => {
    if (message.kind === 'ping') {
      answer({ kind: 'pong' });
    } else if (message.kind === 'close') {
      writing = writing.then(async () => {
        await checkpointer.close();
        answer({ kind: 'closed' });
        port?.close();
      });
    } else {
      writing = writing.then(async () => {
        answer({ kind: 'outcomes', id: message.id, outcomes: await writer.write(message.units) });
        checkpointer.wrote(message.units.length);
      });
    }
  });
  answer({ kind: 'ready', epoch: writer.epoch });
}
