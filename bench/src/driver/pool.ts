import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DriverCalls, DriverNews } from './calls.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

type Answer<N extends keyof DriverCalls> = ReturnType<DriverCalls[N]>;

/** One driver process. */
export interface Driver {
  call<N extends keyof DriverCalls>(name: N, input: Parameters<DriverCalls[N]>[0]): Promise<Answer<N>>;
}

/** Driver processes: one Node process alone saturates before a server does, and may open only so many files. */
export interface Pool {
  readonly drivers: readonly Driver[];
  /** The same to all; `input` may differ by place. */
  all<N extends keyof DriverCalls>(
    name: N,
    input: (place: number) => Parameters<DriverCalls[N]>[0],
  ): Promise<Answer<N>[]>;
  onNews: (news: Exclude<DriverNews, { kind: 'broken' }>, place: number) => void;
  /** Rejects when a driver breaks: a connection that was closed, a refusal nobody expected. */
  readonly broken: Promise<never>;
  /** Ends the processes; their connections end with them. */
  close(): Promise<void>;
}

export function startPool(count: number): Pool {
  let breakIt: (error: Error) => void = () => undefined;
  const broken = new Promise<never>((_, reject) => {
    breakIt = reject;
  });
  broken.catch(() => undefined);
  let closing = false;
  const children: ChildProcess[] = [];
  const drivers = Array.from({ length: count }, (_, place) => {
    const child = fork(WORKER, {
      execArgv: ['--conditions=@magpie/source', '--import', 'tsx'],
      serialization: 'json',
    });
    children.push(child);
    child.once('exit', (code, signal) => {
      if (!closing) breakIt(new Error(`a driver ended with ${signal ?? code}`));
    });
    return driverOf(child, broken, (news) => {
      if (news.kind !== 'broken') pool.onNews(news, place);
      else if (!closing) breakIt(new Error(`a driver broke: ${news.message}`));
    });
  });
  const pool: Pool = {
    drivers,
    all: (name, input) => Promise.all(drivers.map((driver, place) => driver.call(name, input(place)))),
    onNews: () => undefined,
    broken,
    close: async () => {
      closing = true;
      await Promise.all(children.map(end));
    },
  };
  return pool;
}

type Message =
  | { readonly news: DriverNews }
  | { readonly id: number; readonly answer: never }
  | { readonly id: number; readonly error: string };

function driverOf(child: ChildProcess, broken: Promise<never>, onNews: (news: DriverNews) => void): Driver {
  const open = new Map<number, { resolve(answer: never): void; reject(error: Error): void }>();
  let next = 1;
  child.on('message', (message: Message) => {
    if ('news' in message) return onNews(message.news);
    const waiting = open.get(message.id);
    open.delete(message.id);
    if ('error' in message) waiting?.reject(new Error(message.error));
    else waiting?.resolve(message.answer);
  });
  return {
    call: (name, input) => {
      const answered = new Promise<never>((resolve, reject) => {
        const id = next++;
        open.set(id, { resolve, reject });
        child.send({ id, name, input });
      });
      return Promise.race([answered, broken]);
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await gone;
}
