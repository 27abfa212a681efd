import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { isHole, type EventPayload, type Message } from '@magpie/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn, textTo } from './support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer();
});
afterAll(() => server.close());

const messageOf = (event: { d: unknown }) => (event.d as EventPayload<'message.created'>).message;

describe('a direct message', () => {
  it('is acknowledged, delivered to both sides and found in history', async () => {
    await using alice = await signIn(server, 'alice');
    await using bob = await signIn(server, 'bob');
    const sent = await alice.request('message.send', textTo('u:bob', 'hello 你好 👋'));
    expect(sent).toMatchObject({ stored: true, conv: 'd:alice bob' });
    const received = await bob.event('message.created', (event) => messageOf(event).id === sent.id);
    expect(received).toMatchObject({ c: 'd:alice bob', n: sent.seq });
    expect(messageOf(received)).toMatchObject({
      from: 'alice',
      seq: sent.seq,
      time: sent.time,
      content: { type: 'text', text: 'hello 你好 👋' },
    });
    await alice.event('message.created', (event) => messageOf(event).id === sent.id);
    const page = await bob.request('message.list', { ref: 'u:alice', direction: 'older', limit: 10 });
    expect(page.entries.at(-1)).toEqual(messageOf(received));
    expect(page.covered?.[1]).toBe(sent.seq);
  });

  it('is sent once, however often it is asked for', async () => {
    await using alice = await signIn(server, 'alice');
    const message = textTo('u:bob', 'once');
    const results = await Promise.all([1, 2, 3].map(() => alice.request('message.send', message)));
    results.push(await alice.request('message.send', message));
    expect(new Set(results.map((result) => result.seq)).size).toBe(1);
    expect(new Set(results.map((result) => result.time)).size).toBe(1);
    const other = await alice.refused('message.send', {
      ...message,
      content: { type: 'text', text: 'twice' },
    });
    expect(other).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', field: 'clientId' });
  });

  it('is told of again when it is asked for again: who took the first try may have told nobody', async () => {
    await using alice = await signIn(server, 'alice');
    await using bob = await signIn(server, 'bob');
    const message = textTo('u:bob', 'told twice');
    const sent = await alice.request('message.send', message);
    const isIt = (event: { d: unknown }) => messageOf(event).id === sent.id;
    const first = await bob.event('message.created', isIt);
    await alice.request('message.send', message);
    expect(await bob.event('message.created', isIt)).toEqual(first);
    await alice.request('message.revoke', { id: sent.id });
    await alice.request('message.send', message);
    const next = await alice.request('message.send', textTo('u:bob', 'next'));
    expect((await bob.event('message.created')).n).toBe(next.seq);
  });

  it('takes gapless seqs under concurrency, with times that never decrease', async () => {
    await using alice = await signIn(server, 'alice');
    await using dave = await signIn(server, 'dave');
    await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 ? alice.request('message.send', textTo('u:dave', `a${i}`)) : dave.request('message.send', textTo('u:alice', `d${i}`))))); // prettier-ignore
    const page = await alice.request('message.list', { ref: 'u:dave', direction: 'newer', limit: 100 });
    const entries = page.entries as Message[];
    expect(entries.map((entry) => entry.seq)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    for (let i = 1; i < entries.length; i++)
      expect(entries[i]!.time).toBeGreaterThanOrEqual(entries[i - 1]!.time);
  });

  it('that is not stored reaches those present and no log', async () => {
    await using alice = await signIn(server, 'alice');
    await using bob = await signIn(server, 'bob');
    const before = await bob.request('message.list', { ref: 'u:alice', direction: 'older', limit: 1 });
    const sent = await alice.request('message.send', { ref: 'u:bob', clientId: 't:typing', content: { type: 'typing', state: 'begin' } }); // prettier-ignore
    expect(sent.stored).toBe(false);
    expect(sent.seq).toBeUndefined();
    const event = await bob.event('message.transient');
    expect(event.n).toBeUndefined();
    const after = await bob.request('message.list', { ref: 'u:alice', direction: 'older', limit: 1 });
    expect(after.lastSeq).toBe(before.lastSeq);
  });
});

describe('a user id in another case', () => {
  it('means the user as first spelt, for sending and reading', async () => {
    await server.admin('user.register', { userId: 'MaxMustermann' });
    await using alice = await signIn(server, 'alice');
    const sent = await alice.request('message.send', textTo('u:maxmustermann', 'hi Max'));
    expect(sent.conv).toBe('d:MaxMustermann alice');
    const page = await alice.request('message.list', {
      ref: 'u:MAXMUSTERMANN',
      direction: 'older',
      limit: 5,
    });
    expect(page.entries).toHaveLength(1);
  });
});

describe('unread', () => {
  it('is a fact: sends raise it, reading, revoking and deleting lower it', async () => {
    await using carol = await signIn(server, 'carol');
    await using dave = await signIn(server, 'dave');
    const unread = async () =>
      (await dave.request('conversation.list', { refs: ['u:carol'], limit: 1 })).conversations[0]?.unread;
    const sent = [];
    for (const text of ['1', '2', '3', '4'])
      sent.push(await carol.request('message.send', textTo('u:dave', text)));
    await carol.request('message.send', { ...textTo('u:dave', 'quiet'), counts: false });
    expect(await unread()).toBe(4);
    await carol.request('message.revoke', { id: sent[3]!.id });
    expect(await unread()).toBe(3);
    await dave.request('message.delete', { ref: 'u:carol', ids: [sent[2]!.id] });
    expect(await unread()).toBe(2);
    const read = await dave.request('conversation.read', {
      ref: 'u:carol',
      upTo: sent[0]!.seq!,
      report: false,
    });
    expect(read).toMatchObject({ readSeq: sent[0]!.seq, reportedSeq: 0, unread: 1 });
    await dave.request('conversation.read', { ref: 'u:carol', report: true });
    expect(await unread()).toBe(0);
    const told = await carol.event('receipt.changed');
    expect(told.d).toMatchObject({ by: 'dave', upTo: 5 });
  });

  it('of my own devices agrees', async () => {
    await using carol = await signIn(server, 'carol');
    await using phone = await signIn(server, 'bob', { platform: 'ios' });
    await using web = await signIn(server, 'bob');
    const { seq } = await carol.request('message.send', textTo('u:bob', 'on both'));
    await phone.request('conversation.read', { ref: 'u:carol', report: true });
    const event = await web.event('conversation.updated');
    expect(event.d).toMatchObject({ conv: 'd:bob carol', change: 'read', readSeq: seq });
    expect(event.n).toBeGreaterThan(0);
  });
});

describe('revoking', () => {
  it('leaves the place and the text, tells both, and is not done twice', async () => {
    await using alice = await signIn(server, 'alice');
    await using bob = await signIn(server, 'bob');
    const { id, seq } = await alice.request('message.send', { ...textTo('u:bob', 'oops'), extra: 'secret' });
    expect((await bob.refused('message.revoke', { id })).code).toBe('FORBIDDEN');
    await alice.request('message.revoke', { id, reason: 'typo' });
    const event = await bob.event('message.revoked');
    expect(event.n).toBeGreaterThan(0);
    expect(event.d).toMatchObject({ by: 'alice', reason: 'typo', counted: true, message: { id, seq, content: { type: 'revoked', original: { type: 'text', text: 'oops' } } } }); // prettier-ignore
    const page = await bob.request('message.list', { ref: 'u:alice', direction: 'older', limit: 1 });
    expect(page.entries[0]).toEqual((event.d as EventPayload<'message.revoked'>).message);
    expect(JSON.stringify(page)).not.toContain('secret');
    expect((await alice.refused('message.revoke', { id })).code).toBe('ALREADY_REVOKED');
  });

  it('ends with the window', async () => {
    await using other = await createTestServer({ settings: { 'recall.window': 0 } });
    await using alice = await signIn(other, 'alice');
    const { id } = await alice.request('message.send', textTo('u:bob', 'late'));
    // The window is over as soon as the clock moved on.
    const moved = Date.now();
    while (Date.now() <= moved + 1);
    expect((await alice.refused('message.revoke', { id })).code).toBe('REVOKE_TOO_LATE');
  });
});

describe('holes', () => {
  it('a message for some is a hole for the rest, and never counts', async () => {
    await using alice = await signIn(server, 'alice');
    await using bob = await signIn(server, 'bob');
    await using carol = await signIn(server, 'carol');
    const { group } = await alice.request('group.create', { kind: 'work', members: ['bob', 'carol'] });
    const ref = `g:${group.id}`;
    const { seq } = await alice.request('message.send', { ...textTo(ref, 'psst'), audience: ['bob'] });
    await bob.event('message.created', (event) => event.c === ref && event.n === seq);
    expect((await carol.event('message.hidden', (event) => event.c === ref)).n).toBe(seq);
    const page = await carol.request('message.list', { ref, direction: 'older', limit: 10 });
    expect(page.entries.filter(isHole)).toEqual([{ seq, hole: true }]);
    const [conversation] = (await carol.request('conversation.list', { refs: [ref], limit: 1 }))
      .conversations;
    expect(conversation).toMatchObject({ unread: 0, lastSeq: seq });
    expect(conversation?.heads.entry?.content.type).toBe('tip');
  });

  it('a blocked sender is told or not, as asked, and the blocker never sees it', async () => {
    await using dave = await signIn(server, 'dave');
    await using carol = await signIn(server, 'carol');
    await carol.request('contact.block', { users: ['dave'] });
    expect((await dave.refused('message.send', textTo('u:carol', 'refused'))).code).toBe('BLOCKED');
    const { id } = await dave.request('message.send', { ...textTo('u:carol', 'hidden'), onBlocked: 'hide' });
    const mine = await dave.request('message.get', { ids: [id] });
    expect(mine.messages).toHaveLength(1);
    expect((await carol.request('message.get', { ids: [id] })).messages).toEqual([]);
    await carol.request('contact.unblock', { users: ['dave'] });
    await dave.request('message.send', textTo('u:carol', 'again'));
  });
});

describe('resuming', () => {
  it('gives the log and the conversations that moved, and nothing else', async () => {
    await using alice = await signIn(server, 'alice');
    const bob = await signIn(server, 'bob', { instance: 'bob-phone' });
    const first = await bob.request('sync.since', { position: { userSeq: 0, at: 0 } });
    expect(first.conversations.length).toBeGreaterThan(0);
    await bob.request('sync.ack', { position: first.position });
    await bob.close();
    const { group } = await alice.request('group.create', {
      kind: 'work',
      name: 'While away',
      members: ['bob'],
    });
    await alice.request('message.send', textTo(`g:${group.id}`, 'welcome'));
    await using again = await signIn(server, 'bob', { instance: 'bob-phone' });
    const page = await again.request('sync.since', { position: first.position });
    expect(page.log.map((event) => event.e)).toEqual(['group.mine']);
    expect(page.log[0]).toMatchObject({
      c: `g:${group.id}`,
      n: first.position.userSeq + 1,
      d: { change: 'created' },
    });
    const moved = page.conversations.find((conversation) => conversation.conv === `g:${group.id}`);
    expect(moved).toMatchObject({ unread: 1, lastSeq: 2, group: { name: 'While away', memberCount: 2 } });
    expect(moved?.heads.entry?.content).toEqual({ type: 'text', text: 'welcome' });
  });

  it('tells one who was away too long, or comes from another world, to fetch everything', async () => {
    await using bob = await signIn(server, 'bob');
    const page = await bob.request('sync.since', { position: { userSeq: 999_999, at: 0 } });
    expect(page.refetch).toBe(true);
  });
});
