import { expect, test } from 'vitest';
import { next, text, textOf, useWorld } from './support/clients.ts';

const { login } = useWorld();

test('what one device of a user does, the others show', async () => {
  const [phone, laptop, bob] = [await login('alice'), await login('alice'), await login('bob')];
  const both = [phone, laptop].map((client) => next(client, 'unread', ({ total }) => total === 2));
  await bob.messages.send({ ref: 'u:alice', content: text('1') });
  const second = await bob.messages.send({ ref: 'u:alice', content: text('2') });
  await Promise.all(both);

  // Sent here is news there.
  const elsewhere = next(laptop, 'messages');
  await phone.messages.send({ ref: 'u:bob', content: text('from the phone') });
  expect((await elsewhere).messages.map((one) => [textOf(one), one.mine])).toEqual([
    ['from the phone', true],
  ]);

  const read = next(laptop, 'unread', ({ total }) => total === 0);
  await phone.conversations.read('u:bob');
  await read;
  const pinned = next(laptop, 'conversations', ({ reason }) => reason.has('pinned'));
  await phone.conversations.pin('u:bob', true);
  expect((await pinned).changed[0]?.pinnedAt).toBeGreaterThan(0);
  const muted = next(laptop, 'conversations', ({ reason }) => reason.has('muted'));
  await phone.conversations.mute('u:bob', { level: 'none' });
  expect((await muted).changed[0]?.notify).toEqual({ level: 'none' });

  const window = laptop.messages.window('u:bob');
  while (window.loading !== 'none') await new Promise<void>((resolve) => window.onChange(() => resolve()));
  const deleted = next(laptop, 'deleted');
  const here = next(phone, 'deleted');
  await phone.messages.delete('u:bob', { ids: [second.id] });
  expect([(await deleted).here, (await here).here, (await deleted).ids]).toEqual([false, true, [second.id]]);
  expect(window.messages.map(textOf)).toEqual(['1', 'from the phone']);
  expect((await laptop.messages.list({ ref: 'u:bob' })).messages.map(textOf)).toEqual([
    '1',
    'from the phone',
  ]);

  const removed = next(laptop, 'conversations', ({ removed: gone }) => gone.includes('u:bob'));
  await phone.conversations.delete('u:bob');
  await removed;
  expect(laptop.conversations.list()).toEqual([]);
  const back = next(laptop, 'conversations', ({ changed }) => changed.some(({ ref }) => ref === 'u:bob'));
  await bob.messages.send({ ref: 'u:alice', content: text('3') });
  await back;
  expect((await laptop.messages.list({ ref: 'u:bob' })).messages.map(textOf)).toEqual(['3']);

  const renamed = next(laptop, 'profile');
  await phone.users.update({ name: 'Alice' });
  expect((await renamed).profile.name).toBe('Alice');
  const blocked = next(laptop, 'blocked');
  await phone.contacts.block(['carol']);
  expect(await blocked).toEqual({ added: ['carol'], removed: [] });
  expect(await laptop.contacts.blocked()).toEqual(['carol']);
});

test('a read up to the middle leaves the rest unread, and a revoked message counts no more', async () => {
  const [carol, dave] = [await login('carol'), await login('dave')];
  const all = next(dave, 'unread', ({ total }) => total === 4);
  const sent = [];
  for (const words of ['1', '2', '3', '4'])
    sent.push(await carol.messages.send({ ref: 'u:dave', content: text(words) }));
  await all;
  await dave.conversations.read('u:carol', { upTo: 2 });
  expect(dave.conversations.get('u:carol')?.unread).toBe(2);
  const less = next(dave, 'unread', ({ total }) => total === 1);
  await carol.messages.revoke(sent[3]?.id ?? '');
  await less;
  expect(dave.conversations.get('u:carol')?.lastLive?.seq).toBe(3);
  expect((await dave.conversations.load('u:carol'))?.unread).toBe(1);
});

test('typing reaches those present and nothing else', async () => {
  const [alice, bob] = [await login('alice'), await login('bob')];
  const typing = next(bob, 'messages', ({ messages }) => messages[0]?.content.type === 'typing');
  const before = bob.conversations.get('u:alice')?.lastSeq;
  const sent = await alice.messages.send({
    ref: 'u:bob',
    content: { type: 'typing', state: 'begin' },
    store: false,
  });
  expect([sent.stored, (await typing).messages[0]?.stored]).toEqual([false, false]);
  expect(bob.conversations.get('u:alice')?.lastSeq).toBe(before);
});

test('a delivered direct message is told to senders that asked', async () => {
  const alice = await login('alice', { wantsDelivered: true });
  await login('bob');
  const delivered = next(alice, 'delivered');
  const sent = await alice.messages.send({ ref: 'u:bob', content: text('?') });
  expect(await delivered).toMatchObject({ ref: 'u:bob', by: 'bob', upTo: sent.seq });
});

test('a group: created, joined by invitation, talked in, left; receipts counted', async () => {
  const [alice, bob] = [await login('alice'), await login('bob')];
  const { group } = await alice.groups.create({ kind: 'public', name: 'Readers', members: ['bob', 'carol'] });
  const ref = `g:${group.id}`;
  const heard = next(bob, 'messages', ({ messages }) => messages.some((one) => textOf(one) === 'who reads?'));
  const asked = await alice.messages.send({ ref, content: text('who reads?'), receipt: true });
  await heard;
  const receipt = next(alice, 'receipt', ({ receipts }) => receipts.length > 0);
  await bob.receipts.send(ref, [asked.id]);
  expect((await receipt).receipts[0]).toEqual({ id: asked.id, read: 1, unread: 1 });
  expect((await alice.receipts.readers(asked.id, { read: true })).users.map(({ id }) => id)).toEqual(['bob']);
  const kicked = next(bob, 'group', ({ change, mine }) => change === 'kicked' && mine);
  const seen = next(alice, 'group', ({ change }) => change === 'kicked');
  await alice.groups.kick(group.id, ['bob']);
  await kicked;
  expect((await seen).targets).toEqual(['bob']);
  await expect(bob.messages.send({ ref, content: text('still here?') })).rejects.toMatchObject({
    code: 'NOT_MEMBER',
  });
  expect(bob.messages.outgoing(ref).map(({ status }) => status)).toEqual(['failed']);
  bob.messages.discard(bob.messages.outgoing(ref)[0]?.clientId ?? '');
  expect(bob.messages.outgoing(ref)).toEqual([]);
});
