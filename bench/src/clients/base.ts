import type { RawSocket } from './raw.ts';
import type { User } from './user.ts';

/** What the users of all peers have in common. */
export function baseUser(
  raw: RawSocket,
  id: string,
  greeting: string,
  own: Pick<User, 'sendDirect' | 'sendGroup' | 'ping'> &
    Partial<Pick<User, 'sendMany' | 'sendRoom' | 'request'>>,
): User {
  const user: User = {
    sendMany: (messages) => messages.forEach(([to, body]) => own.sendDirect(to, body)),
    sendRoom: () => Promise.reject(new Error('this peer has no rooms')),
    request: () => Promise.reject(new Error('this peer has no operations')),
    ...own,
    id,
    greeting,
    onMark: () => undefined,
    onError: (text) => {
      throw new Error(`${id} was refused: ${text.slice(0, 500)}`);
    },
    onDone: undefined,
    onClose: undefined,
    cut: () => raw.cut(),
    get queued() {
      return raw.queued;
    },
  };
  return user;
}

/** Resolves with the first text that `fits`; rejects when the connection closes before. */
export function firstText(raw: RawSocket, fits: (text: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    raw.onClose = (why) => reject(new Error(`the connection was closed while signing in: ${why}`));
    raw.onText = (text) => {
      if (fits(text)) resolve(text);
    };
  });
}
