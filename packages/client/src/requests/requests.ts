import {
  LIMITS,
  MagpieError,
  type Input,
  type OperationName,
  type Output,
  type ReplyEnvelope,
} from '@magpie/protocol';
import type { Clock } from '../platform/platform.ts';
import { utf8Length } from '../core/utf8.ts';
import { ONCE } from './once.ts';

/** Told synchronously, so that what a reply changes is in place before the events of the same frame are looked at. */
export type Settle = (error: MagpieError | undefined, output: unknown) => void;

interface Pending {
  /** The envelope without its id, ready for the wire. */
  readonly body: string;
  readonly bytes: number;
  readonly once: boolean;
  readonly ahead: boolean;
  readonly settle: Settle;
  readonly cancelTimer: () => void;
  /** Number on this connection; absent while it waits to be sent. */
  id?: number;
}

/** Left free in a frame for its brackets and the ids. */
const SLACK = 64;
const FRAME_ROOM = LIMITS.frame.maxBytes - 1024;

/** How a request is sent. `once`: its answer lost, it is not repeated. `ahead`: once, and at once, before whatever waits. */
export type Manner = 'once' | 'ahead';

/** Nothing is settled any more; with `unsent`, only if it was not written yet. */
export type Cancel = (unsent?: 'unsent') => void;

/** Requests: numbered, corked into frames, matched with replies, timed out, and carried over a reconnect where that is safe. */
export class Requests {
  readonly #clock: Clock;
  readonly #send: (frame: string) => void;
  readonly #waiting = new Set<Pending>();
  readonly #sent = new Map<number, Pending>();
  #nextId = 1;
  #live = false;
  #corked = false;

  constructor(clock: Clock, send: (frame: string) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Waits for a session and an answer, `timeout` ms for both together. */
  call<N extends OperationName>(op: N, input: Input<N>, timeout: number): Promise<Output<N>> {
    return new Promise((resolve, reject) => {
      this.post(op, input, timeout, (error, output) =>
        error ? reject(error) : resolve(output as Output<N>),
      );
    });
  }

  /** As `call`, with a callback that runs while the reply's frame is taken in. `session.open` goes ahead of its own session. */
  post<N extends OperationName>(
    op: N,
    input: Input<N>,
    timeout: number,
    settle: Settle,
    manner?: Manner,
  ): Cancel {
    // prettier-ignore
    return this.#add(op, input, timeout, settle, manner);
  }

  reply(reply: ReplyEnvelope): void {
    const pending = this.#sent.get(reply.id);
    if (!pending) return;
    this.#sent.delete(reply.id);
    const error = 'err' in reply ? MagpieError.fromShape(reply.err) : undefined;
    // A server that is going away did nothing with it: the next one will.
    if (error?.code === 'DRAINING' && !pending.once) return this.#putBack(pending);
    pending.cancelTimer();
    pending.settle(error, 'ok' in reply ? reply.ok : undefined);
    if (this.#waiting.size > 0) this.#cork();
  }

  /** A session is open: what waited goes out, oldest first. */
  online(): void {
    this.#live = true;
    this.#flush();
  }

  /** The socket is gone. What may be repeated waits for the next; the outcome of the rest is unknown. */
  offline(): void {
    this.#live = false;
    const lost = [...this.#sent.values()];
    this.#sent.clear();
    const later = [...this.#waiting];
    this.#waiting.clear();
    for (const pending of [...lost, ...later]) {
      if (!pending.ahead && (!pending.once || pending.id === undefined)) this.#putBack(pending);
      else
        this.#fail(
          pending,
          new MagpieError('TIMEOUT', { message: 'The connection was lost before the answer came.' }),
        );
    }
  }

  /** The login has ended: nothing will be answered any more. */
  end(error: MagpieError): void {
    this.#live = false;
    const all = [...this.#sent.values(), ...this.#waiting];
    this.#sent.clear();
    this.#waiting.clear();
    for (const pending of all) this.#fail(pending, error);
  }

  #add(op: string, input: unknown, timeout: number, settle: Settle, manner: Manner | undefined): Cancel {
    const body = `"op":${JSON.stringify(op)},"in":${JSON.stringify(input)}}`;
    const bytes = utf8Length(body) + SLACK;
    const cancelTimer = this.#clock.after(timeout, () => {
      if (!this.#forget(pending)) return;
      const code = pending.id === undefined ? 'OFFLINE' : 'TIMEOUT';
      settle(new MagpieError(code), undefined);
    });
    const ahead = manner === 'ahead';
    const pending: Pending = { body, bytes, ahead, once: manner !== undefined || ONCE.has(op), settle, cancelTimer }; // prettier-ignore
    if (bytes > FRAME_ROOM) {
      this.#waiting.add(pending);
      void Promise.resolve().then(() => {
        if (this.#forget(pending)) this.#fail(pending, new MagpieError('TOO_LARGE'));
      });
    } else if (ahead) {
      this.#write([pending]);
    } else {
      this.#waiting.add(pending);
      this.#cork();
    }
    return (unsent) => {
      if (unsent && pending.id !== undefined) return;
      if (this.#forget(pending)) cancelTimer();
    };
  }

  #forget(pending: Pending): boolean {
    const waited = this.#waiting.delete(pending);
    return (
      (pending.id !== undefined && this.#sent.get(pending.id) === pending && this.#sent.delete(pending.id)) ||
      waited
    );
  }

  #fail(pending: Pending, error: MagpieError): void {
    pending.cancelTimer();
    pending.settle(error, undefined);
  }

  #putBack(pending: Pending): void {
    delete pending.id;
    this.#waiting.add(pending);
  }

  #cork(): void {
    if (this.#corked || !this.#live) return;
    this.#corked = true;
    void Promise.resolve().then(() => {
      this.#corked = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (!this.#live) return;
    let batch: Pending[] = [];
    let bytes = 0;
    for (const pending of [...this.#waiting]) {
      if (this.#sent.size + batch.length >= LIMITS.connection.maxInFlight / 2) break;
      if (pending.bytes > FRAME_ROOM) continue;
      if (batch.length === LIMITS.frame.maxRequests || bytes + pending.bytes > FRAME_ROOM) {
        this.#write(batch);
        batch = [];
        bytes = 0;
      }
      this.#waiting.delete(pending);
      batch.push(pending);
      bytes += pending.bytes;
    }
    if (batch.length > 0) this.#write(batch);
  }

  #write(batch: readonly Pending[]): void {
    const parts = batch.map((pending) => {
      pending.id = this.#nextId++;
      this.#sent.set(pending.id, pending);
      return `{"id":${pending.id},${pending.body}`;
    });
    this.#send(`{"q":[${parts.join(',')}]}`);
  }
}
