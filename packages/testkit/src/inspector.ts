import { WebSocket } from 'ws';

/** Memory of a Node process after its garbage was collected, in bytes. */
export interface Memory {
  readonly heapUsed: number;
  readonly external: number;
  readonly rss: number;
}

/** The debugger's side door of a Node process started with `--inspect`. */
export interface Inspector {
  /** Collects garbage, then measures. The heap is that of the main thread. */
  memory(): Promise<Memory>;
  /** Records what the main thread does until `stopProfile`, which answers it as Chrome's developer tools open it. */
  startProfile(): Promise<void>;
  stopProfile(): Promise<CpuProfile>;
  close(): void;
}

export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** µs before each sample. */
  readonly timeDeltas: readonly number[];
}

interface Answer {
  readonly id: number;
  readonly result?: { readonly result?: { readonly value?: string }; readonly profile?: CpuProfile };
  readonly error?: { readonly message: string };
}

export async function openInspector(port: number): Promise<Inspector> {
  const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as { webSocketDebuggerUrl: string }[]; // prettier-ignore
  const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '');
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const open = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  let next = 1;
  socket.on('message', (data) => {
    const answer = JSON.parse((data as Buffer).toString()) as Answer;
    const waiting = open.get(answer.id);
    open.delete(answer.id);
    if (answer.error) waiting?.reject(new Error(answer.error.message));
    else waiting?.resolve(answer);
  });
  socket.on('close', () => {
    for (const { reject } of open.values()) reject(new Error('the inspected process is gone'));
    open.clear();
  });
  const ask = (method: string, params: object = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const id = next++;
      open.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, params }));
    });
  return {
    memory: async () => {
      // Twice: what the first finds to be garbage may have held more.
      for (let i = 0; i < 2; i++) await ask('HeapProfiler.collectGarbage');
      const { result } = await ask('Runtime.evaluate', {
        expression: 'JSON.stringify(process.memoryUsage())',
      });
      return JSON.parse(result?.result?.value ?? '{}') as Memory;
    },
    startProfile: async () => {
      await ask('Profiler.enable');
      await ask('Profiler.start');
    },
    stopProfile: async () => {
      const { result } = await ask('Profiler.stop');
      if (!result?.profile) throw new Error('the inspected process answered no profile');
      return result.profile;
    },
    close: () => socket.close(),
  };
}
