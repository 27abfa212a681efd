import { createMemoryStorage } from '../platform/memory-storage.ts';
import type { KeyValueStorage, Platform, Socket } from '../platform/platform.ts';
import type { FakeClock } from './fake-clock.ts';

/** One end of a fake socket, as the server sees it. */
export interface FakePeer {
  open(): void;
  text(text: string): void;
  close(code: number): void;
  onText: (text: string) => void;
  onClose: () => void;
}

export interface FakePlatform extends Platform {
  hint(online: boolean): void;
  /** The page goes away: it hears its last event, and nothing it starts gets anywhere. */
  leave(): void;
}

let platforms = 7;

/** A platform without a network: `onConnect` is handed the other end of each socket. */
export function createFakePlatform(
  clock: FakeClock,
  onConnect: (peer: FakePeer) => void,
  storage: { readonly shared?: KeyValueStorage; readonly tab?: KeyValueStorage } = {},
): FakePlatform {
  const hints = new Set<(online: boolean) => void>();
  const leavers = new Set<() => void>();
  let seed = ++platforms;
  let gone = false;
  return {
    name: 'fake',
    connect() {
      let closed = false;
      const socket: Socket = {
        onOpen: undefined,
        onText: undefined,
        onClose: undefined,
        send: (text) => void (closed || peer.onText(text)),
        close() {
          if (!closed) peer.onClose();
          closed = true;
        },
      };
      const peer: FakePeer = {
        open: () => void (closed || socket.onOpen?.()),
        text: (text) => void (closed || socket.onText?.(text)),
        close(code) {
          if (closed) return;
          closed = true;
          socket.onClose?.(code, '');
        },
        onText: () => undefined,
        onClose: () => undefined,
      };
      clock.after(1, () => void (gone || onConnect(peer)));
      return socket;
    },
    http: () => Promise.resolve({ status: 404, body: '' }),
    upload: () => Promise.resolve({ status: 200, body: '' }),
    storage: storage.shared ?? createMemoryStorage(),
    ...(storage.tab ? { tabStorage: storage.tab } : {}),
    onLeave(handler) {
      leavers.add(handler);
      return () => void leavers.delete(handler);
    },
    clock,
    randomBytes: (length) =>
      Uint8Array.from({ length }, () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) >> 16),
    isOnline: () => true,
    onNetworkHint(handler) {
      hints.add(handler);
      return () => void hints.delete(handler);
    },
    pageOrigin: 'http://fake',
    hint: (online) => hints.forEach((handler) => handler(online)),
    leave() {
      gone = true;
      leavers.forEach((handler) => handler());
    },
  };
}
