import { signUserSig } from '@magpie/credentials';
import { PROTOCOL_VERSION, type Input } from '@magpie/protocol';
import { DOOR } from '../peers/door.ts';
import { baseUser } from './base.ts';
import { eachMark } from './marks.ts';
import { connectRaw, type RawSocket } from './raw.ts';
import type { User } from './user.ts';

/** Magpie's frames, written by hand and searched rather than parsed. */
export async function signInMagpie(url: string, id: string, localAddress?: string): Promise<User> {
  const raw = await connectRaw(new URL('/ws', url), localAddress);
  return overSocket(raw, id, await openSession(raw, id));
}

/** Signs in over a fresh socket; `resume` names the session that was cut. */
export function openSession(raw: RawSocket, id: string, resume?: string): Promise<string> {
  return request(raw, 0, 'session.open', openInput(id, resume));
}

/** With a token as the app's own back end makes it. */
export function openInput(id: string, resume?: string): Input<'session.open'> {
  return {
    token: signUserSig({ sdkAppId: DOOR.id, secret: DOOR.secret, userId: id, now: Date.now() }),
    instance: `i-${id}`,
    platform: 'server',
    protocol: PROTOCOL_VERSION,
    ...(resume === undefined ? {} : { resume: { session: resume } }),
  };
}

/** A request before the user's load begins; resolves with the text of the frame that answers. */
export function request(raw: RawSocket, id: number, op: string, input: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    raw.onClose = (why) => reject(new Error(`the connection was closed before ${op} was answered: ${why}`));
    raw.onText = (text) => {
      if (text.includes(`{"id":${id},"ok":`)) resolve(text);
      else if (text.includes(`{"id":${id},"err":`)) reject(new Error(`${op}: ${text.slice(0, 500)}`));
    };
    raw.send(JSON.stringify({ q: [{ id, op, in: input }] }));
  });
}

/** Ends every clientId of this process: runs differ in their names, so that a folder of data can be used again. */
const RUN = `${process.pid.toString(36)}${Date.now().toString(36)}`;

/** In the form of the client's own ids, which begin with their time; counted on within a user instead of drawn by chance. */
const clientId = (n: number): string =>
  `server:${String(Date.now()).slice(-10)}${n.toString(36).padStart(6, '0')}${RUN}`;

/** A user over a socket whose session is open. */
export function overSocket(raw: RawSocket, id: string, greeting: string): User {
  let next = 1;
  const asked = new Map<number, (reply: string) => void>();
  const sending = (ref: string, body: string, more = ''): string => {
    const n = next++;
    return `{"id":${n},"op":"message.send","in":{"ref":"${ref}","clientId":"${clientId(n)}","content":{"type":"text","text":"${body}"}${more}}}`;
  };
  const answerTo = (n: number): Promise<string> => new Promise((resolve) => asked.set(n, resolve));
  const user = baseUser(raw, id, greeting, {
    sendDirect: (to, body) => raw.send(`{"q":[${sending(`u:${to}`, body)}]}`),
    sendGroup: (body) => raw.send(`{"q":[${sending('g:bench', body)}]}`),
    sendMany: (messages) =>
      raw.send(`{"q":[${messages.map(([to, body]) => sending(`u:${to}`, body)).join(',')}]}`),
    sendRoom: async (room, body, priority) => {
      const reply = answerTo(next);
      raw.send(`{"q":[${sending(`r:${room}`, body, `,"priority":"${priority}"`)}]}`);
      return (await reply).includes('"dropped":');
    },
    request: async (op, input) => {
      const n = next++;
      const reply = answerTo(n);
      raw.send(JSON.stringify({ q: [{ id: n, op, in: input }] }));
      const text = await reply;
      if (text.startsWith(`{"id":${n},"err"`)) throw new Error(`${op}: ${text.slice(0, 500)}`);
      return text;
    },
    ping: () => raw.send('{"ping":1}'),
  });
  raw.onText = (text) => {
    if (text.startsWith('{"r":')) {
      if (asked.size > 0) giveAnswers(text, asked);
      else readReplies(text, user);
    }
    eachMark(text, id, user.onMark);
  };
  raw.onClose = (why) => user.onClose?.(why);
  return user;
}

/** For those who wait for an answer of their own the frame is parsed. */
function giveAnswers(text: string, asked: Map<number, (reply: string) => void>): void {
  const { r } = JSON.parse(text) as { r: { id: number }[] };
  for (const reply of r) {
    asked.get(reply.id)?.(JSON.stringify(reply));
    asked.delete(reply.id);
  }
}

/** Replies come first in a frame. A body cannot hold what is searched for: in it every quote is escaped. */
function readReplies(text: string, user: User): void {
  const end = text.indexOf('],"e":[');
  if (user.onDone) {
    for (
      let at = text.indexOf(',"ok":');
      at >= 0 && (end < 0 || at < end);
      at = text.indexOf(',"ok":', at + 6)
    )
      user.onDone();
  }
  for (
    let at = text.indexOf(',"err":');
    at >= 0 && (end < 0 || at < end);
    at = text.indexOf(',"err":', at + 7)
  )
    user.onError(text.slice(at + 7, text.indexOf('}', at) + 1));
}
