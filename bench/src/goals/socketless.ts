import { CoarseClock, Connection, Flusher, Meter, Turns, type RunningServer } from '@magpie/server';
import { openInput } from '../clients/magpie.ts';

/** A connection of the gateway without its socket: frames are handed in and taken out as text. */
export interface SocketlessClient {
  /** One request in a frame; resolves with the frame that answers. `input` is JSON text. */
  ask(operation: string, input: string): Promise<string>;
}

export async function openClient(
  domain: RunningServer['composition']['domain'],
  id: string,
): Promise<SocketlessClient> {
  const open = new Map<number, (frame: string) => void>();
  const meter = new Meter(new CoarseClock(), 0);
  const connection = new Connection(
    {
      domain,
      flusher: new Flusher(Number.POSITIVE_INFINITY),
      now: Date.now,
      accepting: () => true,
      turns: new Turns(),
      watch: {
        operation: (name) => meter.operation(name),
        app: (app) => meter.apps.of(app),
        tellFrom: Number.POSITIVE_INFINITY,
        tell: () => undefined,
        failed: (_what, error) => {
          throw error;
        },
      },
      onClose: () => undefined,
      onOpened: () => undefined,
      onGone: () => undefined,
    },
    {
      send: (frame) => {
        const text = typeof frame === 'string' ? frame : frame.toString();
        if (text.includes('"err":')) throw new Error(`${id} was refused: ${text.slice(0, 500)}`);
        // Frames of events alone answer nothing.
        if (!text.startsWith('{"r":')) return;
        for (const [n, resolve] of open) {
          // The only one that is open needs no search.
          if (open.size > 1 && !text.includes(`{"id":${n},"ok":`)) continue;
          open.delete(n);
          resolve(text);
        }
      },
      close: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
      queued: 0,
    },
    '127.0.0.1',
  );
  let next = 1;
  const ask = (operation: string, input: string): Promise<string> =>
    new Promise((resolve) => {
      const n = next++;
      open.set(n, resolve);
      connection.receive(`{"q":[{"id":${n},"op":"${operation}","in":${input}}]}`);
    });
  await ask('session.open', JSON.stringify(openInput(id)));
  return { ask };
}
