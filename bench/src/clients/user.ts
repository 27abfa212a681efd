import type { PeerAddress } from '../peers/peer.ts';
import { signInBare } from './bare.ts';
import { signInMagpie } from './magpie.ts';
import { signInSocketIo } from './socketio.ts';

/** One signed-in user of the server under test. */
export interface User {
  readonly id: string;
  /** What the server answered to signing in. */
  readonly greeting: string;
  /** Sends to another user, or to the group. */
  sendDirect(to: string, body: string): void;
  /** Several at once, in one frame where the protocol has such. */
  sendMany(messages: readonly (readonly [to: string, body: string])[]): void;
  sendGroup(body: string): void;
  /** Rooms: with a priority; resolves whether it was dropped. Magpie alone. */
  sendRoom(room: string, body: string, priority: string): Promise<boolean>;
  /** Any operation; resolves with the text of the frame that answers. Magpie alone. */
  request(operation: string, input: unknown): Promise<string>;
  /** A body of somebody else arrived. */
  onMark: (slot: number, sentAt: number) => void;
  /** A request was refused; a load that does not expect it lets it end the run. */
  onError: (text: string) => void;
  /** A send was answered with success; not every peer tells. */
  onDone: (() => void) | undefined;
  onClose: ((why: string) => void) | undefined;
  /** Keeps an idle connection alive. */
  ping(): void;
  /** Bytes handed to the socket and not yet gone. */
  readonly queued: number;
  /** Cuts the connection, without a word. */
  cut(): void;
}

/** Connects and signs in. */
export function signIn(address: PeerAddress, id: string, localAddress?: string): Promise<User> {
  switch (address.kind) {
    case 'magpie':
      return signInMagpie(address.url, id, localAddress);
    case 'socketio':
      return signInSocketIo(address.url, id, localAddress);
    case 'ws':
      return signInBare(address.url, id, localAddress);
  }
}
