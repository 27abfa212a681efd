import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** What passes between the writer thread and its helper. */
export interface HelperData {
  readonly path: string;
  /** Of the database file. The helper only syncs it: a closed descriptor takes the process's locks on the file with it. */
  readonly descriptor: number;
}
export type ToHelper = 'pass' | 'close';
export type FromHelper = 'ready' | Moved;

/** A pass is done. */
export interface Moved {
  /** Frames of the log, moved ones among them. */
  readonly frames: number;
  /** Frames that were there and could not be moved, because somebody reads what was before them. */
  readonly left: number;
}

/** The thread of checkpoints, seen from the writer thread. */
export interface Helper {
  /** Moves what is in the log now; `moved` follows. */
  pass(): void;
  /** Resolves when its connection is closed. */
  close(): Promise<void>;
}

export interface HelperEvents {
  ready(): void;
  moved(log: Moved): void;
  /** It has ended by itself; nothing more will come. */
  ended(reason: string): void;
}

export type StartHelper = (data: HelperData, events: HelperEvents) => Helper;

export const startHelper: StartHelper = (data, events) => {
  const worker = new Worker(new URL('./checkpointer.boot.mjs', import.meta.url), {
    workerData: data,
    name: 'magpie-checkpointer',
    execArgv: import.meta.url.endsWith('.ts') ? ['--conditions=@magpie/source'] : [],
  });
  let over = false;
  const end = (reason: string): void => {
    if (!over) events.ended(reason);
    over = true;
  };
  worker.on('message', (message: FromHelper) => {
    if (message === 'ready') events.ready();
    else events.moved(message);
  });
  worker.on('error', (error) => end(error.message));
  worker.on('exit', (code) => end(`it ended with code ${code}`));
  worker.unref();
  const send = (message: ToHelper): void => worker.postMessage(message);
  return {
    pass: () => send('pass'),
    close: async () => {
      if (over) return;
      over = true;
      worker.ref();
      const exit = once(worker, 'exit').catch(() => undefined);
      send('close');
      await exit;
    },
  };
};
