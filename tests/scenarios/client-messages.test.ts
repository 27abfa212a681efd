import type { ClientMessage, ClientOptions } from '@magpie/client';
import { expect, test } from 'vitest';
import { next, record, text, textOf, useWorld } from './support/clients.ts';

const world = useWorld();
const { login, make } = world;

test('two users chat: delivery, list, unread, read receipt, recall, history', async () => {
  const [alice, bob] = [await login('alice'), await login('bob')];
  const got = next(bob, 'messages');
  const unread = next(bob, 'unread', ({ total }) => total === 1);
  const sent = await alice.messages.send({ ref: 'u:bob', content: text('hello') });
  expect(sent).toMatchObject({ status: 'sent', stored: true, mine: true, seq: 1 });
  expect(textOf((await got).messages[0] as ClientMessage)).toBe('hello');
  await unread;
  expect(bob.conversations.list().map(({ ref, unread: n, lastLive }) => [ref, n, lastLive?.id])).toEqual([
    ['u:alice', 1, sent.id],
  ]);

  const receipt = next(alice, 'receipt');
  await bob.conversations.read('u:alice');
  expect(await receipt).toMatchObject({ ref: 'u:bob', by: 'bob', upTo: 1, mine: false });
  expect(bob.conversations.totalUnread()).toBe(0);
  expect(alice.conversations.get('u:bob')?.peerReadSeq).toBe(1);

  const revoked = next(bob, 'revoked');
  await alice.messages.revoke(sent.id);
  expect((await revoked).message).toMatchObject({ id: sent.id, content: { type: 'revoked' } });
  const page = await bob.messages.list({ ref: 'u:alice' });
  expect(page.messages.map(({ id, revoked: gone }) => [id, gone?.role])).toEqual([[sent.id, 'sender']]);
});

test('a cut and blocked network loses and doubles nothing, either way', async () => {
  const proxy = await world.server.proxy();
  const [carol, dave] = [
    await login('carol', { server: proxy.url, sendTimeout: 60_000 }),
    await login('dave'),
  ];
  const heard = record(carol);
  const window = carol.messages.window('u:dave');
  await dave.messages.send({ ref: 'u:carol', content: text('d1') });
  await heard.of(1);

  proxy.block();
  const outgoing = ['c1', 'c2', 'c3'].map((words) =>
    carol.messages.send({ ref: 'u:dave', content: text(words) }),
  );
  for (const words of ['d2', 'd3']) await dave.messages.send({ ref: 'u:carol', content: text(words) });
  expect(carol.session.state).not.toBe('online');
  const ready = next(carol, 'ready');
  proxy.restore();
  expect(await ready).toEqual({ first: false, resumed: true });
  await Promise.all(outgoing);
  expect(await heard.of(3)).toEqual(['d1', 'd2', 'd3']);

  // The answer is held back while the message itself is stored; then the socket dies.
  const arrived = next(dave, 'messages', ({ messages }) => messages.some((one) => textOf(one) === 'c4'));
  proxy.hold('toClient');
  const late = carol.messages.send({ ref: 'u:dave', content: text('c4') });
  await arrived;
  proxy.cut();
  proxy.release();
  expect((await late).seq).toBe(7);
  const { messages } = await dave.messages.list({ ref: 'u:carol' });
  expect(messages.map(textOf)).toEqual(['d1', 'd2', 'd3', 'c1', 'c2', 'c3', 'c4']);
  expect(window.messages.map(textOf)).toEqual(['d1', 'd2', 'd3', 'c1', 'c2', 'c3', 'c4']);
  expect(carol.conversations.get('u:dave')?.unread).toBe(3);
});

test('a server that restarts is resumed', async () => {
  const [alice, bob] = [await login('alice'), await login('bob')];
  const heard = record(bob);
  const ready = [next(alice, 'ready'), next(bob, 'ready')];
  await world.server.restart();
  await Promise.all(ready);
  await alice.messages.send({ ref: 'u:bob', content: text('after') });
  expect(await heard.of(1)).toEqual(['after']);
});

test('a group: members hear of it once, talk in it, and the list has its name', async () => {
  const [alice, bob] = [await login('alice'), await login('bob')];
  const joined = next(bob, 'group', ({ mine }) => mine);
  const { group } = await alice.groups.create({ kind: 'public', name: 'Bridge', members: ['bob'] });
  expect((await joined).group).toMatchObject({ id: group.id, name: 'Bridge' });
  const heard = next(bob, 'messages', ({ messages }) =>
    messages.some((one) => textOf(one) === 'in the group'),
  );
  await alice.messages.send({ ref: `g:${group.id}`, content: text('in the group') });
  await heard;
  expect(bob.conversations.get(`g:${group.id}`)).toMatchObject({ unread: 1, group: { name: 'Bridge' } });
});

test('what came while no device was there is the backlog of the next login, once', async () => {
  const alice = await login('alice');
  const options: ClientOptions = { backlog: { direct: 10, group: 10 }, instance: { id: 'phone' } };
  const dave = await login('dave', options);
  await dave.destroy();
  await alice.messages.send({ ref: 'u:dave', content: text('missed 1') });
  await alice.messages.send({ ref: 'u:dave', content: text('missed 2') });
  const back = make(options);
  const heard = record(back);
  const ready = next(back, 'ready');
  await back.session.open({ token: (await world.server.credentials('dave')).userSig });
  await ready;
  expect(heard.texts.filter((words) => words.startsWith('missed'))).toEqual(['missed 1', 'missed 2']);
  await back.destroy();
  const again = make(options);
  const silent = record(again);
  const readyAgain = next(again, 'ready');
  await again.session.open({ token: (await world.server.credentials('dave')).userSig });
  await readyAgain;
  expect(silent.texts).toEqual([]);
});

test('the second login of one instance kicks the first, which does not come back', async () => {
  const first = await login('carol', { instance: { id: 'same' } });
  const kicked = next(first, 'kicked');
  await login('carol', { instance: { id: 'same' }, device: 'new phone' });
  expect(await kicked).toMatchObject({ reason: 'replaced', by: { instance: 'same', device: 'new phone' } });
  expect(first.session.state).toBe('idle');
});

test('a wrong token is refused with its reason', async () => {
  const client = make();
  await expect(client.session.open({ token: 'nonsense' })).rejects.toMatchObject({ code: 'TOKEN_MALFORMED' });
  expect(client.session.state).toBe('idle');
});
