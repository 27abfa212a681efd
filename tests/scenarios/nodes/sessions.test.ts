import type { Client } from '@magpie/client';
import { CLOSE, type Presence } from '@magpie/protocol';
import { connectRawClient, type RawClient } from '@magpie/testkit/raw-client';
import { describe, expect, it, vi } from 'vitest';
import { signIn, textTo } from '../../protocol/support.ts';
import { next, record, text, textOf } from '../support/clients.ts';
import { useNodes, WITHOUT_NATS } from './support.ts';

/** For a machine that does much else. */
const within = { timeout: 20_000, interval: 20 };

const nodes = useNodes(3, { 'presence.grace': 500 });

/** `online a b~`: state, then instances, `~` those away. */
function short({ state, devices }: Presence): string {
  return [state, ...devices.map((one) => `${one.instance}${one.state === 'away' ? '~' : ''}`).sort()].join(' '); // prettier-ignore
}

/** Until a client is told that. */
async function told(client: RawClient, what: string): Promise<void> {
  await client.event('presence.changed', ({ d }) => (d as { presences: Presence[] }).presences.some((one) => short(one) === what)); // prettier-ignore
}

interface Status {
  readonly cluster: { readonly node: string; readonly others: readonly string[]; readonly healthy: boolean };
}

describe.skipIf(WITHOUT_NATS)('nodes', () => {
  it('know each other', async () => {
    const status = await Promise.all([0, 1, 2].map(async (i) => ((await nodes.node(i).admin('node.status')) as Status).cluster)); // prettier-ignore
    const names = status.map(({ node }) => node);
    for (const { node, others, healthy } of status)
      expect([[...others].sort(), healthy]).toEqual([names.filter((name) => name !== node).sort(), true]);
  });
});

/** What the members of the group say, beside its tips. */
const SAID = /^\d-\d$/;

/** The fifty things the five others say, in the order they come. */
function heardFromOthers(client: Client, ref: string, who: number): Promise<readonly string[]> {
  const heard: string[] = [];
  return new Promise((resolve) => {
    client.on('messages', ({ messages }) => {
      for (const message of messages) {
        const words = textOf(message);
        if (message.ref === ref && SAID.test(words) && !words.startsWith(`${who}-`)) heard.push(words);
      }
      if (heard.length === 50) resolve(heard);
    });
  });
}

describe.skipIf(WITHOUT_NATS)('users of one cluster on several nodes', () => {
  it('write to each other, in order, and see the same unread, whatever nodes they are on', async () => {
    const alice = await nodes.login(0, 'alice');
    const bob = await nodes.login(1, 'bob');
    const bobToo = await nodes.login(2, 'bob');
    const heard = [record(bob), record(bobToo)];
    for (let i = 1; i <= 20; i++) await alice.messages.send({ ref: 'u:bob', content: text(`${i}`) });
    const all = Array.from({ length: 20 }, (_, i) => `${i + 1}`);
    for (const one of heard) expect(await one.of(20)).toEqual(all);
    await vi.waitFor(() => expect(bobToo.conversations.get('u:alice')?.unread).toBe(20), within);
    await bob.conversations.read('u:alice');
    await vi.waitFor(() => expect(bobToo.conversations.get('u:alice')?.unread).toBe(0), within);
  });

  it('a group whose members are everywhere: one order, also when all write at once', async () => {
    const names = ['gina', 'hans', 'ivo', 'jon', 'kim', 'lea'];
    const people = await Promise.all(names.map((name, i) => nodes.login(i % 3, name)));
    const [first] = people;
    if (!first) throw new Error('nobody');
    const group = await first.groups.create({ kind: 'work', name: 'all', members: names.slice(1) }); // prettier-ignore
    const ref = `g:${group.group.id}`;
    const said = people.map((one, who) => heardFromOthers(one, ref, who));
    const sent = people.flatMap((one, who) => Array.from({ length: 10 }, (_, i) => one.messages.send({ ref, content: text(`${who}-${i}`) }))); // prettier-ignore
    const seqs = (await Promise.all(sent)).map(({ seq }) => seq);
    expect(new Set(seqs).size).toBe(60);
    const { messages } = await first.messages.list({ ref, limit: 100 });
    const stored = messages.map(textOf).filter((words) => SAID.test(words));
    expect(stored).toHaveLength(60);
    for (const [who, heard] of said.entries())
      expect(await heard).toEqual(stored.filter((words) => !words.startsWith(`${who}-`)));
  });

  it('who is put out of a group on one node cannot write on another', async () => {
    const owner = await nodes.login(0, 'otto');
    const member = await nodes.login(1, 'mia');
    const { group } = await owner.groups.create({ kind: 'work', name: 'few', members: ['mia'] });
    const ref = `g:${group.id}`;
    await member.messages.send({ ref, content: text('still in') });
    await owner.groups.kick(group.id, ['mia']);
    await expect(member.messages.send({ ref, content: text('out') })).rejects.toMatchObject({ code: 'NOT_MEMBER' }); // prettier-ignore
  });

  it('the limit of sessions counts those on all nodes, and who replaces is named', async () => {
    await nodes.node(0).admin('app.update', { id: 'demo', settings: { 'sessions.perWeb': 2 } });
    await vi.waitFor(() => expect(nodes.node(2).running.composition.domain.apps.get('demo')?.settings['sessions.perWeb']).toBe(2), within); // prettier-ignore
    const oldest = await signIn(nodes.node(0), 'paul', { instance: 'p0' });
    await using second = await signIn(nodes.node(1), 'paul', { instance: 'p1' });
    await using _third = await signIn(nodes.node(2), 'paul', { instance: 'p2', device: 'Laptop' });
    expect((await oldest.event('session.ended')).d).toMatchObject({ reason: 'overLimit', by: { instance: 'p2', device: 'Laptop' } }); // prettier-ignore
    expect((await oldest.closed).code).toBe(CLOSE.OVER_LIMIT);
    const { sessions } = await second.request('session.list', {});
    expect(sessions.map(({ instance, current }) => [instance, current])).toEqual([['p1', true], ['p2', false]]); // prettier-ignore
    await using again = await signIn(nodes.node(0), 'paul', { instance: 'p1' });
    expect((await second.event('session.ended')).d).toMatchObject({ reason: 'replaced' });
    expect((await again.request('session.list', {})).sessions).toHaveLength(2);
    await nodes.node(0).admin('app.update', { id: 'demo', settings: { 'sessions.perWeb': null } });
  });

  it('a session is resumed on another node, and not after it was ended', async () => {
    const cut = await signIn(nodes.node(0), 'quinn', { instance: 'q' });
    const { session } = (await cut.request('session.list', {})).sessions[0]!;
    await cut.close();
    const open = async (index: number) => {
      const client = await connectRawClient(nodes.node(index).url);
      const { userSig } = await nodes.node(index).credentials('quinn');
      const opened = await client.request('session.open', { token: userSig, instance: 'q', platform: 'web', protocol: 1, resume: { session } }); // prettier-ignore
      return { client, opened };
    };
    const { client, opened } = await open(1);
    expect(opened).toMatchObject({ resumed: true, session });
    await client.close();
    await vi.waitFor(async () => expect(await nodes.node(2).admin('session.kick', { userId: 'quinn' })).toEqual({ ended: 0 }), within); // prettier-ignore
    expect((await open(2)).opened.resumed).toBe(false);
  });

  it('is ended everywhere by the operator of any node', async () => {
    const on = await Promise.all([0, 1, 2].map((i) => signIn(nodes.node(i), 'rosa', { instance: `r${i}` })));
    expect(await nodes.node(1).admin('session.kick', { userId: 'rosa' })).toEqual({ ended: 3 });
    for (const client of on) expect((await client.closed).code).toBe(CLOSE.KICKED_BY_ADMIN);
  });
});

describe.skipIf(WITHOUT_NATS)('presence over nodes', () => {
  it('is told on the node where it is followed, and is that of all devices', async () => {
    await (await signIn(nodes.node(0), 'sara', { instance: 's' })).request('session.close', {}).catch(() => undefined); // prettier-ignore
    await using watcher = await signIn(nodes.node(2), 'tom', { instance: 't' });
    await watcher.request('presence.subscribe', { users: ['sara'] });
    const first = await signIn(nodes.node(0), 'sara', { instance: 's0' });
    await told(watcher, 'online s0');
    const second = await signIn(nodes.node(1), 'sara', { instance: 's1' });
    await told(watcher, 'online s0 s1');
    const asked = await (await signIn(nodes.node(2), 'uwe')).request('presence.get', { users: ['sara'] });
    expect(asked.presences.map(short)).toEqual(['online s0 s1']);
    await first.request('presence.set', { state: 'away' });
    await told(watcher, 'online s0~ s1');
    await second.request('presence.set', { state: 'away' });
    await told(watcher, 'away s0~ s1~');
    await first.close();
    await told(watcher, 'away s1~');
    await second.request('session.close', {}).catch(() => undefined);
    await told(watcher, 'loggedOut');
  });

  it('a device that comes back on another node never went', async () => {
    await (await signIn(nodes.node(0), 'vera', { instance: 'x' })).request('session.close', {}).catch(() => undefined); // prettier-ignore
    await using watcher = await signIn(nodes.node(2), 'walt', { instance: 'w' });
    await watcher.request('presence.subscribe', { users: ['vera'] });
    const first = await signIn(nodes.node(0), 'vera', { instance: 'v' });
    await told(watcher, 'online v');
    const before = watcher.events.length;
    await first.close();
    const back = await signIn(nodes.node(1), 'vera', { instance: 'v' });
    await back.request('presence.set', { custom: 'back' });
    const { d } = await watcher.event('presence.changed', (event) =>
      JSON.stringify(event.d).includes('back'),
    );
    expect((d as { presences: Presence[] }).presences.map(short)).toEqual(['online v']);
    expect(watcher.events.slice(before).filter(({ e }) => e === 'presence.changed')).toHaveLength(1);
    await back.request('session.close', {}).catch(() => undefined);
  });
});

describe.skipIf(WITHOUT_NATS)('what no node hears at once', () => {
  it('is found again after the bus was away: nothing missed, nothing twice', async () => {
    const xena = await nodes.login(0, 'xena');
    const yuri = await nodes.login(1, 'yuri');
    const heard = record(yuri);
    await xena.messages.send({ ref: 'u:yuri', content: text('before') });
    expect(await heard.of(1)).toEqual(['before']);
    await nodes.nats.kill();
    await xena.messages.send({ ref: 'u:yuri', content: text('meanwhile') });
    await nodes.nats.restart();
    expect(await heard.of(2)).toEqual(['before', 'meanwhile']);
    const again = next(yuri, 'messages');
    await xena.messages.send({ ref: 'u:yuri', content: text('after') });
    await again;
    expect(heard.texts).toEqual(['before', 'meanwhile', 'after']);
  });

  it('membership is asked of the store while the others are not heard', async () => {
    const owner = await nodes.login(0, 'zoe');
    const member = await nodes.login(1, 'abel');
    const { group } = await owner.groups.create({ kind: 'work', name: 'cut', members: ['abel'] });
    const ref = `g:${group.id}`;
    await member.messages.send({ ref, content: text('in') });
    await nodes.nats.kill();
    await vi.waitFor(() => expect([0, 1, 2].map((i) => nodes.node(i).running.composition.busUp())).toEqual([false, false, false]), within); // prettier-ignore
    await owner.groups.kick(group.id, ['abel']);
    await using raw = await signIn(nodes.node(1), 'abel');
    expect((await raw.refused('message.send', textTo(ref, 'out'))).code).toBe('NOT_MEMBER');
    await nodes.nats.restart();
    await vi.waitFor(() => expect([0, 1, 2].map((i) => nodes.node(i).running.composition.busUp())).toEqual([true, true, true]), within); // prettier-ignore
  });
});
