import { baseUser, firstText } from './base.ts';
import { eachMark } from './marks.ts';
import { connectRaw } from './raw.ts';
import type { User } from './user.ts';

/** Socket.IO's own framing over the raw socket: Engine.IO `4`, packet `2` (event) with an ack number. */
export async function signInSocketIo(url: string, id: string, localAddress?: string): Promise<User> {
  const raw = await connectRaw(new URL('/socket.io/?EIO=4&transport=websocket', url), localAddress);
  await firstText(raw, (text) => text.startsWith('0'));
  const connected = firstText(raw, (text) => text.startsWith('40'));
  raw.send(`40{"user":"${id}"}`);
  let next = 1;
  const user = baseUser(raw, id, await connected, {
    sendDirect: (to, body) =>
      raw.send(`42${next++}["direct",{"to":"${to}","from":"${id}","text":"${body}"}]`),
    sendGroup: (body) => raw.send(`42${next++}["group",{"from":"${id}","text":"${body}"}]`),
    // It is the server that pings.
    ping: () => undefined,
  });
  raw.onText = (text) => {
    if (text.startsWith('42')) eachMark(text, id, user.onMark);
    else if (text.startsWith('43')) user.onDone?.();
    else if (text === '2') raw.send('3');
  };
  raw.onClose = (why) => user.onClose?.(why);
  return user;
}
