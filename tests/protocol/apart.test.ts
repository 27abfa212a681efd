import { ALL_OPERATIONS, type OperationName } from '@magpie/protocol';
import { signUserSig } from '@magpie/credentials';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { connectRawClient, type RawClient } from '@magpie/testkit/raw-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn, textTo } from './support.ts';

/** Names of things; either real ones of somebody else, or ones that never existed. */
interface Names {
  readonly group: string;
  readonly message: string;
  readonly groupMessage: string;
  readonly file: string;
  readonly user: string;
  readonly room: string;
}

const SECRET = 'SECRET-4711';
const text = { type: 'text', text: 'probe' };

/** An input of every operation a user may call, naming somebody else's things. `undefined`: it names nothing. */
const PROBES: Readonly<Record<string, ((names: Names) => readonly unknown[]) | undefined>> = {
  'session.open': undefined,
  'session.renew': undefined,
  'session.close': undefined,
  'session.list': undefined,
  'sync.since': undefined,
  'sync.ack': undefined,
  'user.get': ({ user }) => [{ ids: [user] }],
  'user.update': undefined,
  'user.register': undefined,
  'user.signIn': undefined,
  'contact.block': ({ user }) => [{ users: [user] }],
  'contact.unblock': ({ user }) => [{ users: [user] }],
  'contact.blocked': () => [{}],
  'conversation.list': ({ group }) => [{ limit: 10 }, { refs: [`g:${group}`], limit: 1 }],
  'conversation.read': ({ group }) => [{ ref: `g:${group}`, report: true }],
  'conversation.pin': ({ group }) => [{ ref: `g:${group}`, on: true }],
  'conversation.delete': ({ group }) => [{ ref: `g:${group}`, clearHistory: true }],
  'conversation.mute': ({ group }) => [{ ref: `g:${group}`, notify: { level: 'none' } }],
  'message.send': ({ group, message, file, room }) => [
    { ref: `r:${room}`, clientId: 'p:5', content: text },
    { ref: `g:${group}`, clientId: 'p:1', content: text },
    { ref: `g:${group}`, clientId: 'p:2', content: { type: 'typing', state: 'begin' } },
    { ref: 'u:alice', clientId: 'p:3', content: { type: 'file', file: { fileId: file } } },
    { ref: `g:${group}`, clientId: 'p:4', content: text, replyTo: { id: message } },
  ],
  'message.list': ({ group, room }) => [{ ref: `r:${room}`, direction: 'older', limit: 10 }, { ref: `g:${group}`, direction: 'older', limit: 10 }, { ref: `g:${group}`, direction: 'newer', time: 1, limit: 10 }],
  'message.get': ({ message, groupMessage }) => [{ ids: [message, groupMessage] }],
  'message.changes': ({ group }) => [{ ref: `g:${group}`, after: 0, limit: 10 }],
  'message.revoke': ({ message, groupMessage }) => [{ id: message }, { id: groupMessage }],
  'message.delete': ({ group, groupMessage }) => [{ ref: `g:${group}`, ids: [groupMessage] }, { ref: `g:${group}`, upTo: 5 }],
  'receipt.send': ({ group, groupMessage }) => [{ ref: `g:${group}`, ids: [groupMessage] }],
  'receipt.list': ({ message, groupMessage }) => [{ ids: [message] }, { ids: [groupMessage] }],
  'receipt.readers': ({ groupMessage }) => [{ id: groupMessage, read: true, limit: 10 }, { id: groupMessage, read: false, limit: 10 }],
  'receipt.deliver': ({ group }) => [{ ref: `g:${group}`, upTo: 1 }],
  'group.create': undefined,
  'group.get': ({ group }) => [{ ids: [group] }],
  'group.list': () => [{ limit: 10 }],
  'group.update': ({ group }) => [{ id: group, name: 'mine' }],
  'group.join': ({ group }) => [{ id: group }],
  'group.leave': ({ group }) => [{ id: group }],
  'group.invite': ({ group, user }) => [{ id: group, users: [user] }],
  'group.kick': ({ group, user }) => [{ id: group, users: [user] }],
  'group.members': ({ group }) => [{ id: group, limit: 10 }],
  'group.setRole': ({ group, user }) => [{ id: group, user, role: 'admin' }],
  'group.transfer': ({ group, user }) => [{ id: group, user }],
  'group.dismiss': ({ group }) => [{ id: group }],
  'room.create': undefined,
  'room.enter': ({ room }) => [{ id: room }],
  'room.leave': ({ room }) => [{ id: room }],
  'room.resume': ({ room }) => [{ rooms: [room], away: 0 }],
  'room.get': ({ room }) => [{ ids: [room] }],
  // Rooms are public in their app: see below for another app's.
  'room.list': undefined,
  'room.members': ({ room }) => [{ id: room, limit: 10 }, { id: room, users: ['alice'], limit: 10 }],
  'room.update': ({ room }) => [{ id: room, name: 'mine' }],
  'room.setRole': ({ room }) => [{ id: room, users: ['mallory'], role: 'admin' }],
  'room.transfer': ({ room }) => [{ id: room, user: 'mallory' }],
  'room.kick': ({ room }) => [{ id: room, users: ['alice'], seconds: 60 }],
  'room.mute': ({ room }) => [{ id: room, users: ['alice'], seconds: 60 }],
  'room.unban': ({ room }) => [{ id: room, users: ['alice'] }],
  'room.restricted': ({ room }) => [{ id: room, what: 'admins', limit: 10 }],
  'room.dismiss': ({ room }) => [{ id: room }],
  'presence.set': undefined,
  'presence.get': ({ user }) => [{ users: [user] }],
  'presence.subscribe': ({ user }) => [{ users: [user] }],
  'presence.unsubscribe': ({ user }) => [{ users: [user] }],
  'presence.subscriptions': () => [{ limit: 10 }],
  'file.grant': undefined,
  'file.finish': ({ file }) => [{ fileId: file }],
  'file.get': undefined,
}; // prettier-ignore

let server: TestServer;
let names: Names;
let insider: RawClient;
/** A user of the same app who is in none of it, and a user of the same name in another app. */
const strangers: Record<string, RawClient> = {};

const NOWHERE: Names = {
  group: 'no-such-group',
  message: '990000000001',
  groupMessage: '980000000001',
  file: 'x'.repeat(32),
  user: 'nobody-at-all',
  room: 'no-such-room',
};

beforeAll(async () => {
  server = await createTestServer();
  await server.admin('app.create', {
    id: 'other',
    name: 'Other',
    doors: [{ kind: 'tim', id: 1400000002, secret: 'other-secret' }],
  });
  insider = await signIn(server, 'alice');
  const { group } = await insider.request('group.create', { kind: 'work', name: SECRET, members: ['bob'] });
  const message = await insider.request('message.send', textTo('u:bob', SECRET));
  const groupMessage = await insider.request('message.send', {
    ...textTo(`g:${group.id}`, SECRET),
    receipt: true,
  });
  const grant = await insider.request('file.grant', { name: `${SECRET}.txt`, size: 3, use: 'file' });
  await fetch(server.url + grant.path, { method: 'PUT', body: 'abc' });
  await insider.request('file.finish', { fileId: grant.fileId });
  const { room } = await insider.request('room.create', { kind: 'live', name: SECRET });
  await insider.request('room.enter', { id: room.id });
  names = {
    room: room.id,
    group: group.id,
    message: message.id,
    groupMessage: groupMessage.id,
    file: grant.fileId,
    user: 'bob',
  };
  strangers['of the same app'] = await signIn(server, 'mallory');
  const token = signUserSig({
    sdkAppId: 1400000002,
    secret: 'other-secret',
    userId: 'alice',
    now: Date.now(),
  });
  const foreign = await connectRawClient(server.url);
  await foreign.request('session.open', { token, instance: 'x', platform: 'web', protocol: 1 });
  strangers['of another app'] = foreign;
});
afterAll(async () => {
  for (const client of [insider, ...Object.values(strangers)]) await client?.close();
  await server.close();
});

it('there is a probe, or none is needed, for every operation a user may call', () => {
  const callable = ALL_OPERATIONS.filter(({ callers }) => (callers as readonly string[]).includes('user') || (callers as readonly string[]).includes('anonymous')); // prettier-ignore
  expect(Object.keys(PROBES).sort()).toEqual(callable.map(({ name }) => name as OperationName).sort());
});

describe.each(['of the same app', 'of another app'])('a stranger %s', (who) => {
  it.each(Object.entries(PROBES).filter(([, probe]) => probe))(
    'learns nothing from %s',
    async (operation, probe) => {
      const client = strangers[who]!;
      // Inside an app users and rooms are public and a file's id is all it takes; only across apps must both look unknown.
      const real =
        who === 'of the same app'
          ? { ...names, user: NOWHERE.user, file: NOWHERE.file, room: NOWHERE.room }
          : names;
      const inputs = probe!(real);
      const others = probe!(NOWHERE);
      for (const [index, input] of inputs.entries()) {
        const answer = await ask(client, operation, input);
        expect(answer).not.toContain(SECRET);
        expect(blank(answer, real)).toBe(blank(await ask(client, operation, others[index]), NOWHERE));
      }
    },
  );
});

it('rooms of another app are in no list', async () => {
  expect((await insider.request('room.list', { limit: 10 })).rooms.map(({ id }) => id)).toEqual([names.room]);
  expect((await strangers['of another app']!.request('room.list', { limit: 10 })).rooms).toEqual([]);
});

it('what the strangers tried changed nothing', async () => {
  const page = await insider.request('message.list', {
    ref: `g:${names.group}`,
    direction: 'older',
    limit: 10,
  });
  expect(JSON.stringify(page)).toContain(SECRET);
  const { groups } = await insider.request('group.get', { ids: [names.group] });
  expect(groups[0]).toMatchObject({ name: SECRET, memberCount: 2 });
  const { rooms } = await insider.request('room.get', { ids: [names.room] });
  expect(rooms[0]).toMatchObject({ name: SECRET, owner: 'alice', memberCount: 1 });
});

describe('file addresses', () => {
  it.each([
    ['another app’s path', () => `/files/other/${names.file}/x.txt`],
    ['an unknown id', () => `/files/demo/${NOWHERE.file}/x.txt`],
    ['an unknown app', () => `/files/none/${names.file}/x.txt`],
    ['an upload path with another key', () => `/files/upload/demo/${names.file}/${'k'.repeat(32)}`],
  ])('%s is not found, in the same words', async (_name, path) => {
    const response = await fetch(server.url + path());
    expect(response.status).toBe(404);
    const body = await response.text();
    expect(body).not.toContain(SECRET);
    expect(JSON.parse(body)).toMatchObject({
      error: { code: 'FILE_NOT_FOUND', message: 'There is no such file.' },
    });
  });
});

async function ask(client: RawClient, operation: string, input: unknown): Promise<string> {
  const error = await client
    .refused(operation, input)
    .catch((thrown: Error) => ({ answered: thrown.message }));
  return JSON.stringify(error);
}

/** Ids the caller gave, and times, are no difference. */
function blank(answer: string, own: Names): string {
  let out = answer;
  for (const name of Object.values(own)) out = out.replaceAll(name, '#');
  return out.replace(/\d{13}/g, 'TIME');
}
