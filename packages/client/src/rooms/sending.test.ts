import { MagpieError } from '@magpie/protocol';
import { describe, expect, test } from 'vitest';
import { fakeWorld, wordsOf, type FakeWorld } from '../testing/world.ts';

const text = (words: string) => ({ type: 'text', text: words }) as const;

async function inRoom(fields: { history?: true; sendTimeout?: number } = {}): Promise<FakeWorld> {
  const { history, ...options } = fields;
  const world = fakeWorld(['messages', 'revoked', 'outgoing', 'room', 'roomOut'], options);
  world.server.rooms.make('1', history ? { history } : {});
  await world.login();
  await world.done(world.client.rooms.enter('1'));
  world.told.length = 0;
  return world;
}

const say = ({ client }: FakeWorld, words: string) =>
  client.messages.send({ ref: 'r:1', content: text(words) });
const failure = (sending: Promise<unknown>): Promise<unknown> => sending.catch((error: unknown) => error);

describe('sending to a room without history', () => {
  test('goes out once, is not stored, and is not news to the sender', async () => {
    const world = await inRoom();
    const sent = await world.done(say(world, 'hi'));
    expect(sent).toMatchObject({ stored: false, status: 'sent', ref: 'r:1', mine: true });
    expect(world.of('messages')).toEqual([]);
    expect(world.client.rooms.recent('1').map(wordsOf)).toEqual(['hi']);
    expect(world.client.messages.peek(sent.clientId)).toBe(world.client.rooms.recent('1')[0]);
    expect(world.client.messages.outgoing()).toEqual([]);
  });

  test('its event alone settles it', async () => {
    const world = await inRoom();
    world.server.loseReply = (op) => op === 'message.send';
    expect(await world.done(say(world, 'hi'))).toMatchObject({ status: 'sent', stored: false });
    expect(world.of('messages')).toEqual([]);
    expect(world.client.rooms.recent('1')).toHaveLength(1);
  });

  test('lost on the way with its answer, it fails, retryable, and is never sent a second time by itself', async () => {
    const world = await inRoom();
    const { server, client } = world;
    server.loseReply = (op) => op === 'message.send';
    server.loseEvent = () => true;
    const sending = failure(say(world, 'perhaps'));
    await world.clock.advance(10);
    server.loseReply = () => false;
    server.loseEvent = () => false;
    await world.away(3_000);
    const error = (await sending) as MagpieError;
    expect([error.code, error.retryable]).toEqual(['TIMEOUT', true]);
    await world.clock.advance(60_000);
    expect(server.rooms.said('1').map(({ content }) => content)).toEqual([text('perhaps')]);
    const [failed] = client.messages.outgoing('r:1');
    expect(failed).toMatchObject({ status: 'failed', stored: false, error: { code: 'TIMEOUT' } });
    const again = await world.done(client.messages.resend(failed?.clientId ?? ''));
    expect(again.status).toBe('sent');
    expect(server.rooms.said('1')).toHaveLength(2);
  });

  test('written while the network is away, it waits until the place is sure, and goes out once', async () => {
    const world = await inRoom();
    const { server, clock } = world;
    server.delayReply = (op) => (op === 'room.resume' ? 300 : 0);
    server.rooms.forget();
    server.down = true;
    server.drop();
    const sending = say(world, 'later');
    await clock.advance(2_000);
    server.down = false;
    world.platform.hint(true);
    await clock.advance(200);
    expect(server.calls.filter(({ op }) => op === 'message.send')).toEqual([]);
    await clock.advance(1_000);
    expect((await sending).status).toBe('sent');
    expect(server.rooms.said('1')).toHaveLength(1);
  });

  test('written on the way in, it follows the entry', async () => {
    const world = fakeWorld([]);
    world.server.rooms.make('1');
    await world.login();
    world.server.delayReply = (op) => (op === 'room.enter' ? 300 : 0);
    const entering = world.client.rooms.enter('1');
    const sending = say(world, 'hello');
    await world.clock.advance(200);
    expect(world.server.calls.some(({ op }) => op === 'message.send')).toBe(false);
    await world.clock.advance(200);
    await entering;
    expect((await sending).status).toBe('sent');
  });

  test('refused for a while it is tried again: it went nowhere', async () => {
    const world = await inRoom();
    let refusals = 2;
    world.server.refuse = (op) =>
      op === 'message.send' && refusals-- > 0 ? new MagpieError('RATE_LIMITED', { retryAfter: 500 }) : undefined; // prettier-ignore
    expect((await world.done(say(world, 'x'), 5_000)).status).toBe('sent');
    expect(world.server.rooms.said('1')).toHaveLength(1);
  });

  test('given up before it went out, it does not go out any more', async () => {
    const world = await inRoom({ sendTimeout: 3_000 });
    world.server.rooms.silence = 600_000;
    world.server.down = true;
    world.server.drop();
    const failed = failure(say(world, 'too late'));
    await world.clock.advance(4_000);
    expect(await failed).toMatchObject({ code: 'OFFLINE' });
    await world.away(1_000);
    await world.clock.advance(60_000);
    expect(world.server.rooms.said('1')).toEqual([]);
  });

  test('the same when it waited behind other calls', async () => {
    const world = await inRoom({ sendTimeout: 3_000 });
    world.server.delayReply = (op) => (op === 'room.get' ? 6_000 : 0);
    for (let i = 0; i < 130; i++) void world.client.rooms.get(['1']);
    const failed = failure(say(world, 'too late'));
    await world.clock.advance(4_000);
    expect(await failed).toMatchObject({ code: 'TIMEOUT' });
    await world.clock.advance(60_000);
    expect(world.server.rooms.said('1')).toEqual([]);
  });

  test('put out meanwhile, it fails with that', async () => {
    const world = await inRoom();
    world.server.rooms.silence = 1_000;
    world.server.down = true;
    world.server.drop();
    const failed = failure(say(world, 'x'));
    await world.away(5_000);
    expect(world.of('roomOut')).toHaveLength(1);
    expect(await failed).toMatchObject({ code: 'NOT_MEMBER' });
  });

  test('shed under pressure it is sent, and says so; it was not said', async () => {
    const world = await inRoom();
    world.server.rooms.drop = (input) => (input['priority'] === 'low' ? 'rate' : undefined);
    const { client } = world;
    const low = client.messages.send({ ref: 'r:1', content: text('low'), priority: 'low' });
    const high = client.messages.send({ ref: 'r:1', content: text('high'), priority: 'high' });
    expect(await world.done(low)).toMatchObject({ status: 'sent', stored: false, dropped: 'rate' });
    expect(await high).not.toHaveProperty('dropped');
    expect(client.rooms.recent('1').map(wordsOf)).toEqual(['high']);
    expect(world.of('outgoing').filter(({ message }) => message.dropped === 'rate')).toHaveLength(1);
    expect(client.messages.outgoing()).toEqual([]);
  });
});

describe('sending to a room with history', () => {
  test('is repeated under its name until it is answered, and is there once', async () => {
    const world = await inRoom({ history: true });
    const { server } = world;
    server.loseReply = (op) => op === 'message.send';
    server.loseEvent = () => true;
    server.delayReply = (op) => (op === 'room.resume' ? 300 : 0);
    const window = world.client.messages.window('r:1');
    const sending = say(world, 'kept');
    await world.clock.advance(10);
    expect(window.messages.map(({ status }) => status)).toEqual(['sending']);
    server.loseReply = () => false;
    server.loseEvent = () => false;
    server.rooms.forget();
    await world.away(3_000);
    await world.clock.advance(5_000);
    expect(await sending).toMatchObject({ stored: true, seq: 1 });
    expect(server.log('r:1')).toHaveLength(1);
    expect(window.messages.map(({ status, seq }) => [status, seq])).toEqual([['sent', 1]]);
    expect([world.of('messages'), world.of('roomOut')]).toEqual([[], []]);
    expect(world.client.rooms.recent('1').map(wordsOf)).toEqual(['kept']);
  });

  test('a window follows the room, stands still when out, and is read anew on coming back', async () => {
    const world = await inRoom({ history: true });
    const { server, client, clock } = world;
    server.sayIn('1', 'bob', 'one');
    await clock.advance(10);
    const window = client.messages.window('r:1');
    await clock.advance(10);
    server.sayIn('1', 'bob', 'two');
    await clock.advance(10);
    expect(window.messages.map(wordsOf)).toEqual(['one', 'two']);
    server.rooms.out('1', 'alice', 'kicked');
    await clock.advance(10);
    server.sayIn('1', 'bob', 'three');
    await clock.advance(10);
    expect(window.messages.map(wordsOf)).toEqual(['one', 'two']);
    await world.done(client.rooms.enter('1'));
    expect(window.messages.map(wordsOf)).toEqual(['one', 'two', 'three']);
    server.sayIn('1', 'bob', 'four');
    await clock.advance(10);
    expect(window.messages.map(wordsOf)).toEqual(['one', 'two', 'three', 'four']);
  });
});

test('what was being read for an earlier stay is not told in the next', async () => {
  const world = await inRoom({ history: true });
  const { server, client, clock } = world;
  server.delayReply = (op) => (op === 'message.list' ? 500 : 0);
  server.sayIn('1', 'bob', 'one');
  await clock.advance(10);
  server.loseEvent = () => true;
  server.sayIn('1', 'bob', 'two');
  await clock.advance(10);
  server.loseEvent = () => false;
  server.sayIn('1', 'bob', 'three');
  await clock.advance(200);
  expect(server.calls.filter(({ op }) => op === 'message.list')).toHaveLength(1);
  await world.done(client.rooms.leave('1'), 50);
  const { recent } = await world.done(client.rooms.enter('1'), 50);
  expect(recent.map(wordsOf)).toEqual(['one', 'two', 'three']);
  await clock.advance(2_000);
  expect(world.of('messages').flatMap(({ messages }) => messages.map(wordsOf))).toEqual(['one']);
});

describe('taking back', () => {
  test('what others took back is told once, with what is left of it', async () => {
    const world = await inRoom();
    const { server, client, clock } = world;
    const message = server.rooms.say('1', 'bob', 'oops');
    await clock.advance(10);
    server.rooms.revoke('1', message, 'carol');
    server.rooms.revoke('1', message, 'carol');
    await clock.advance(10);
    expect(world.of('revoked')).toMatchObject([
      { by: 'carol', message: { id: message.id, content: { type: 'revoked', original: { type: 'text', text: 'oops' } } } }, // prettier-ignore
    ]);
    expect(client.rooms.recent('1')).toEqual([world.of('revoked')[0]?.message]);
    const unknown = { ...message, id: '0999' };
    server.rooms.revoke('1', unknown, 'carol');
    await clock.advance(10);
    expect(world.of('revoked')[1]?.message).toMatchObject({ id: '0999', from: 'bob', content: { original: { type: '' } } }); // prettier-ignore
  });

  test('what this user takes back is told once too, and answered', async () => {
    const world = await inRoom();
    const { server, client } = world;
    const sent = await world.done(say(world, 'mine'));
    const event = { id: sent.id, conv: 'r:1', from: 'alice', by: 'alice', role: 'sender', at: 1 };
    server.answer = (op) => (op === 'message.revoke' ? { id: sent.id, conv: 'r:1', time: 1 } : undefined);
    const revoked = await world.done(client.messages.revoke(sent.id, { reason: 'typo' }));
    server.rooms.tell('1', { e: 'room.revoked', d: event });
    await world.clock.advance(10);
    expect(revoked).toMatchObject({ revoked: { by: 'alice', role: 'sender', reason: 'typo' } });
    expect(world.of('revoked')).toHaveLength(1);
    expect(client.rooms.recent('1')).toEqual([revoked]);
  });
});

test('unstored messages of direct chats are not repeated after an unknown outcome either', async () => {
  const world = await inRoom();
  const { server, client, clock } = world;
  server.loseReply = (op) => op === 'message.send';
  server.loseEvent = () => true;
  const typing = failure(client.messages.send({ ref: 'u:bob', content: { type: 'typing', state: 'begin' }, store: false })); // prettier-ignore
  await clock.advance(10);
  await world.away(2_000);
  expect(await typing).toMatchObject({ code: 'TIMEOUT' });
  await clock.advance(30_000);
  expect(server.calls.filter(({ op }) => op === 'message.send')).toHaveLength(1);
});
