import type { Client } from '@magpie/client';
import { describe, expect, it, vi } from 'vitest';
import { next, record, text, textOf } from '../scenarios/support/clients.ts';
import type { Which } from './support/node.ts';
import { row, useWorld } from './support/world.ts';

async function history(client: Client, ref: string): Promise<string[]> {
  return (await client.messages.list({ ref, limit: 50 })).messages.map(textOf);
}

const both: readonly (readonly [string, { readonly servers: Which; readonly clients: Which }])[] = [
  ['clients of the landed version at the new server', { servers: 'new', clients: 'old' }],
  ['new clients at the server of the landed version', { servers: 'old', clients: 'new' }],
];

describe.each(both)('%s', (_name, { servers, clients }) => {
  const world = useWorld(servers, clients);

  it('write to each other, and find it again', async () => {
    const [alice, bob] = [await world.login('alice'), await world.login('bob')];
    const [toAlice, toBob] = [record(alice), record(bob)];
    await alice.messages.send({ ref: 'u:bob', content: text('one') });
    await toBob.of(1);
    await bob.messages.send({ ref: 'u:alice', content: text('two') });
    await toAlice.of(1);
    await alice.messages.send({ ref: 'u:bob', content: text('three') });
    expect([await toAlice.of(1), await toBob.of(2)]).toEqual([['two'], ['one', 'three']]);
    const again = await world.login('bob');
    for (const one of [alice, bob]) expect(await history(one, one === alice ? 'u:bob' : 'u:alice')).toEqual(['one', 'two', 'three']); // prettier-ignore
    expect(await history(again, 'u:alice')).toEqual(['one', 'two', 'three']);
  });

  it('agree on what is unread, and hear what was read', async () => {
    const [ann, ben, other] = [await world.login('ann'), await world.login('ben'), await world.login('ben')];
    for (let i = 0; i < 5; i++) await ann.messages.send({ ref: 'u:ben', content: text(`${i}`) });
    for (const one of [ben, other]) await row(one, 'u:ann', ({ unread }) => unread === 5);
    const told = next(ann, 'receipt', ({ ref, upTo }) => ref === 'u:ben' && upTo === 5);
    await ben.conversations.read('u:ann');
    expect(await told).toMatchObject({ by: 'ben', mine: false });
    await row(other, 'u:ann', ({ unread }) => unread === 0);
    expect((await ben.conversations.load('u:ann'))?.unread).toBe(0);
  });

  it('make a group and talk in it', async () => {
    const [gil, hal] = [await world.login('gil'), await world.login('hal')];
    await world.login('ida');
    const heard = record(hal);
    const { group } = await gil.groups.create({ kind: 'work', name: 'all of us', members: ['hal', 'ida'] });
    const ref = `g:${group.id}`;
    await gil.messages.send({ ref, content: text('welcome') });
    await vi.waitFor(() => expect(heard.texts).toContain('welcome'), { timeout: 30_000 });
    expect(await history(hal, ref)).toContain('welcome');
    expect((await hal.groups.members(group.id)).members.map(({ userId }) => userId).sort()).toEqual(['gil', 'hal', 'ida']); // prettier-ignore
    const renamed = next(hal, 'group', ({ change }) => change === 'profileChanged');
    await gil.groups.update(group.id, { name: 'renamed' });
    expect((await renamed).group).toMatchObject({ name: 'renamed' });
    await hal.groups.leave(group.id);
    await expect(hal.messages.send({ ref, content: text('again') })).rejects.toMatchObject({ code: 'NOT_MEMBER' }); // prettier-ignore
  });

  it('take a message back', async () => {
    const [jan, kai] = [await world.login('jan'), await world.login('kai')];
    const heard = record(kai);
    const sent = await jan.messages.send({ ref: 'u:kai', content: text('not so') });
    await heard.of(1);
    const told = next(kai, 'revoked');
    await jan.messages.revoke(sent.id);
    expect((await told).message).toMatchObject({ id: sent.id });
    const [left] = (await kai.messages.list({ ref: 'u:jan' })).messages;
    expect(left).toMatchObject({ id: sent.id, revoked: { by: 'jan' } });
  });

  it('come back after a cut with everything, once and in order', async () => {
    const [lea, max] = [await world.login('lea'), await world.login('max')];
    const heard = record(max);
    const all = Array.from({ length: 40 }, (_, i) => `m${i}`);
    const sends = all.map((words, i) => {
      if (i % 10 === 5) world.proxy.cut();
      return lea.messages.send({ ref: 'u:max', content: text(words) });
    });
    await Promise.all(sends);
    expect(await heard.of(40)).toEqual(all);
    await row(max, 'u:lea', ({ unread }) => unread === 40);
    expect((await max.messages.list({ ref: 'u:lea', limit: 50 })).messages.map(textOf)).toEqual(all);
  });
});
