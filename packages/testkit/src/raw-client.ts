import type { ErrorShape, EventEnvelope, Output, Input, OperationName, ServerFrame } from '@magpie/protocol';
import { WebSocket } from 'ws';

/** Raw frames over a real socket: the server as a black box. */
export interface RawClient extends AsyncDisposable {
  /** All events so far, in order. */
  readonly events: readonly EventEnvelope[];
  /** All frames so far. */
  readonly frames: readonly ServerFrame[];
  /** Sends text as it is. */
  raw(text: string): void;
  /** Stops reading, as a peer that hangs. */
  pause(): void;
  resume(): void;
  request<N extends OperationName>(op: N, input: Input<N>): Promise<Output<N>>;
  /** Any op and input; resolves with the error, or throws if it succeeds. */
  refused(op: string, input: unknown): Promise<ErrorShape>;
  /** The first event, past or future, that fits; each is handed out once. */
  event(name: string, fits?: (event: EventEnvelope) => boolean): Promise<EventEnvelope>;
  /** The first frame that fits. */
  frame(fits: (frame: ServerFrame) => boolean): Promise<ServerFrame>;
  /** Close code and reason, when the socket is closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  close(): Promise<void>;
}

interface Waiter {
  readonly fits: (frame: ServerFrame) => boolean;
  readonly resolve: (frame: ServerFrame) => void;
}

export async function connectRawClient(url: string): Promise<RawClient> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`);
  const frames: ServerFrame[] = [];
  const events: EventEnvelope[] = [];
  const taken = new Set<EventEnvelope>();
  let waiters: Waiter[] = [];
  let nextId = 1;

  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  socket.on('message', (data) => {
    const frame = JSON.parse((data as Buffer).toString('utf8')) as ServerFrame;
    frames.push(frame);
    if (frame.e) events.push(...frame.e);
    const ready = waiters.filter(({ fits }) => fits(frame));
    waiters = waiters.filter((waiter) => !ready.includes(waiter));
    for (const { resolve } of ready) resolve(frame);
  });
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.on('error', () => undefined);

  function frame(fits: (frame: ServerFrame) => boolean): Promise<ServerFrame> {
    const past = frames.find(fits);
    if (past) return Promise.resolve(past);
    return new Promise((resolve) => waiters.push({ fits, resolve }));
  }

  async function exchange(op: string, input: unknown): Promise<{ ok?: unknown; err?: ErrorShape }> {
    const id = nextId++;
    const answered = frame(({ r }) => r?.some((reply) => reply.id === id) ?? false);
    socket.send(JSON.stringify({ q: [{ id, op, in: input }] }));
    const gone = closed.then(({ code }) => {
      throw new Error(`closed with ${code} before ${op} was answered`);
    });
    const { r } = await Promise.race([answered, gone]);
    return r?.find((reply) => reply.id === id) as { ok?: unknown; err?: ErrorShape };
  }

  async function event(
    name: string,
    fits: (event: EventEnvelope) => boolean = () => true,
  ): Promise<EventEnvelope> {
    for (;;) {
      const found = events.find(
        (candidate) => candidate.e === name && !taken.has(candidate) && fits(candidate),
      );
      if (found) {
        taken.add(found);
        return found;
      }
      const count = frames.length;
      await frame((candidate) => frames.indexOf(candidate) >= count);
    }
  }

  const close = async () => {
    socket.close();
    await closed;
  };
  return {
    events,
    frames,
    raw: (text) => socket.send(text),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    request: async (op, input) => {
      const { ok, err } = await exchange(op, input);
      if (err) throw Object.assign(new Error(`${op}: ${err.code} ${err.message}`), err);
      return ok as never;
    },
    refused: async (op, input) => {
      const { ok, err } = await exchange(op, input);
      if (!err) throw new Error(`${op} was not refused: ${JSON.stringify(ok)}`);
      return err;
    },
    event,
    frame,
    closed,
    close,
    [Symbol.asyncDispose]: close,
  };
}
