import type { Input, MagpieError, OperationName, Output } from '@magpie/protocol';
import { chunksOf } from '../core/chunks.ts';
import type { Clock } from '../platform/platform.ts';
import { persist } from '../requests/persist.ts';

/** Asks an operation; `take` runs while the reply's frame is taken in, before the events that came with it. */
export type Ask = <N extends OperationName, T>(
  op: N,
  input: Input<N>,
  take: (error: MagpieError | undefined, output: Output<N> | undefined) => T,
  /** Before whatever else waits to be sent. */
  ahead?: boolean,
) => Promise<T>;

export type Resumed = Output<'room.resume'>['rooms'][number];

/** Rooms of one request. */
const AT_ONCE = 100;

/** Asks which rooms this device is still in; `take` is called once for each, without an answer when there will be none. */
export async function resumeRooms(
  needs: { readonly clock: Clock; readonly ask: Ask },
  rooms: readonly string[],
  lostAt: number,
  valid: () => boolean,
  /** Left or entered anew since, a room is not asked for again: asking could put this device back. */
  isOpen: (id: string) => boolean,
  take: (id: string, answer: Resumed | undefined) => void,
): Promise<void> {
  const { clock, ask } = needs;
  const one = async (chunk: readonly string[]): Promise<void> => {
    const answered = await persist(clock, valid, () => {
      const ids = chunk.filter(isOpen);
      const away = Math.max(0, clock.now() - lostAt);
      if (ids.length === 0) return Promise.resolve(true);
      return ask(
        'room.resume',
        { rooms: ids, away },
        (error, output) => {
          if (error) throw error;
          if (valid())
            for (const id of ids)
              take(
                id,
                output?.rooms.find((room) => room.id === id),
              );
          return true;
        },
        true,
      );
    });
    if (answered !== true && valid()) for (const id of chunk) take(id, undefined);
  };
  await Promise.all(chunksOf(rooms, AT_ONCE).map(one));
}
