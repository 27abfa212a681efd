import type { Position } from '@magpie/protocol';
import type { Clock } from '../platform/platform.ts';

const EVERY = 20_000;
const PATIENCE = 15_000;

/** Tells the server now and then how far this instance has followed. */
export class PositionAck {
  readonly #clock: Clock;
  readonly #position: () => Position;
  readonly #send: (position: Position, timeout: number) => Promise<unknown>;
  #told = '';
  #cancel: (() => void) | undefined;

  constructor(
    clock: Clock,
    position: () => Position,
    send: (position: Position, timeout: number) => Promise<unknown>,
  ) {
    this.#clock = clock;
    this.#position = position;
    this.#send = send;
  }

  start(): void {
    this.stop();
    this.#cancel = this.#clock.after(EVERY, () => {
      void this.now();
      this.start();
    });
  }

  /** At once, if there is something new to tell. Best effort. */
  async now(timeout = PATIENCE): Promise<void> {
    const position = this.#position();
    const text = JSON.stringify(position);
    if (text === this.#told || position.at === 0) return;
    this.#told = text;
    await this.#send(position, timeout).catch(() => (this.#told = ''));
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
