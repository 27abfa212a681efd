import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { LIMITS } from '@magpie/protocol';
import type { Unit, UnitOutcome } from '../write/batch.ts';
import type { FromWriter, ToWriter, WriterData } from './writer-messages.ts';

const HEARTBEAT = 1000;

/** The writer thread, seen from the thread that serves. */
export interface WriterClient {
  readonly epoch: string;
  write(units: readonly Unit[]): Promise<readonly UnitOutcome[]>;
  /** Why the thread can't be counted on; undefined when it can. */
  trouble(): string | undefined;
  /** The thread has ended; nothing will be written any more. */
  readonly ended: boolean;
  close(): Promise<void>;
}

/** Starts the thread and waits until the database is open and migrated. Rejects with what hinders it. */
export async function startWriter(data: WriterData): Promise<WriterClient> {
  const worker = new Worker(new URL('./writer.boot.mjs', import.meta.url), {
    workerData: data,
    name: 'magpie-writer',
    // A descriptor it has of the file must not be closed before our own connection, should the thread die.
    trackUnmanagedFds: false,
    // In a checkout the thread finds the sources of the workspace; in a build it must not look for them.
    ...(import.meta.url.endsWith('.ts') ? { execArgv: ['--conditions=@magpie/source'] } : {}),
  });
  const [first] = (await once(worker, 'message').catch((error: unknown) => {
    throw new Error('The writer thread could not be started.', { cause: error });
  })) as [FromWriter];
  if (first.kind !== 'ready') {
    await worker.terminate();
    throw new Error(first.kind === 'refused' ? first.reason : 'The writer thread did not start as expected.');
  }
  return new Writer(worker, first.epoch);
}

interface Pending {
  readonly units: number;
  readonly resolve: (outcomes: readonly UnitOutcome[]) => void;
}

class Writer implements WriterClient {
  readonly epoch: string;
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private readonly heartbeat: NodeJS.Timeout;
  private nextId = 1;
  private heardAt = Date.now();
  private dead: string | undefined;

  constructor(worker: Worker, epoch: string) {
    this.worker = worker;
    this.epoch = epoch;
    worker.on('message', (message: FromWriter) => this.hear(message));
    worker.on('error', (error) => this.die(error.message));
    worker.on('exit', (code) => this.die(`it ended with code ${code}`));
    // The thread alone does not keep the process alive; a commit under way does.
    worker.unref();
    this.heartbeat = setInterval(() => this.send({ kind: 'ping' }), HEARTBEAT);
    this.heartbeat.unref();
  }

  write(units: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    if (this.dead !== undefined) return Promise.resolve(refusal(units.length, this.dead));
    return new Promise((resolve) => {
      const id = this.nextId++;
      this.pending.set(id, { units: units.length, resolve });
      this.worker.ref();
      this.send({ kind: 'write', id, units });
    });
  }

  get ended(): boolean {
    return this.dead !== undefined;
  }

  trouble(): string | undefined {
    if (this.dead !== undefined) return this.dead;
    const silence = Date.now() - this.heardAt;
    return silence > LIMITS.store.commitTimeout
      ? `the writer thread has not answered for ${Math.round(silence / 1000)} s`
      : undefined;
  }

  async close(): Promise<void> {
    clearInterval(this.heartbeat);
    if (this.dead === undefined) {
      this.worker.ref();
      const ended = once(this.worker, 'exit');
      this.send({ kind: 'close' });
      await ended;
    }
  }

  private send(message: ToWriter): void {
    if (this.dead === undefined) this.worker.postMessage(message);
  }

  private hear(message: FromWriter): void {
    this.heardAt = Date.now();
    if (message.kind === 'trouble') process.emitWarning(message.text, 'MagpieStoreWarning');
    if (message.kind !== 'outcomes') return;
    const waiting = this.pending.get(message.id);
    this.pending.delete(message.id);
    if (this.pending.size === 0) this.worker.unref();
    waiting?.resolve(message.outcomes);
  }

  private die(why: string): void {
    this.dead ??= `the writer thread is gone (${why}); restart the server`;
    clearInterval(this.heartbeat);
    for (const { units, resolve } of this.pending.values()) resolve(refusal(units, this.dead, true));
    this.pending.clear();
  }
}

function refusal(units: number, reason: string, unknown?: true): readonly UnitOutcome[] {
  return Array.from({ length: units }, () =>
    unknown ? { unavailable: reason, unknown } : { unavailable: reason },
  );
}
