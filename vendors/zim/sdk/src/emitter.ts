import type { ZIMEventHandler } from './types/event-handler.ts';
import type { ZIM } from './zim.ts';

type Names = keyof ZIMEventHandler;
/** What a handler gets after the instance. */
export type EventData<K extends Names> = Parameters<ZIMEventHandler[K]>[1];
type AnyHandler = (zim: ZIM, data: EventData<Names>) => void;

export interface Emitter {
  on<K extends Names>(type: K, listener: ZIMEventHandler[K]): void;
  off(type: Names): void;
  emit<K extends Names>(type: K, data: EventData<K>): void;
  clear(): void;
}

/** One handler per event name: a second `on` replaces the first. A handler that throws stops nothing else. */
export function createEmitter(zim: ZIM, onThrown: (event: string, thrown: unknown) => void): Emitter {
  const handlers = new Map<Names, AnyHandler>();
  return {
    on: (type, listener) => {
      if (typeof listener === 'function') handlers.set(type, listener as unknown as AnyHandler);
      else handlers.delete(type);
    },
    off: (type) => void handlers.delete(type),
    emit: (type, data) => {
      try {
        handlers.get(type)?.(zim, data);
      } catch (thrown) {
        onThrown(type, thrown);
      }
    },
    clear: () => handlers.clear(),
  };
}
