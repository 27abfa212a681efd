import { baseUser, firstText } from './base.ts';
import { connectRaw } from './raw.ts';
import type { User } from './user.ts';

/** Bare ws: one message, one answer. */
export async function signInBare(url: string, id: string, localAddress?: string): Promise<User> {
  const raw = await connectRaw(new URL(url), localAddress);
  const answer = firstText(raw, () => true);
  raw.send(`{"hello":"${id}"}`);
  const nothing = () => undefined;
  const user = baseUser(raw, id, await answer, { sendDirect: nothing, sendGroup: nothing, ping: nothing });
  raw.onClose = (why) => user.onClose?.(why);
  return user;
}
