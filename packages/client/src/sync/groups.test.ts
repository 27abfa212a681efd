import type { EventEnvelope, Message } from '@magpie/protocol';
import { expect, test } from 'vitest';
import { createClient } from '../client.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { createFakePlatform } from '../testing/fake-platform.ts';
import { FakeServer } from '../testing/fake-server.ts';

const group = { id: '1', kind: 'public', name: 'Bridge', memberCount: 2 } as const;

function tip(seq: number): Message {
  const content = { type: 'tip', change: 'joined', actor: 'alice', targets: ['alice'] } as const;
  return {
    id: `7000000000${seq}`,
    conv: 'g:1',
    seq,
    from: 'bob',
    time: seq,
    clientId: `core:${seq}`,
    content: { ...content, targets: ['alice'] },
    counts: false,
  };
}

function changed(n: number, seq?: number): EventEnvelope {
  return {
    e: 'group.changed',
    c: 'g:1',
    n,
    d: {
      change: 'joined',
      group,
      actor: 'bob',
      targets: ['alice'],
      at: n,
      ...(seq === undefined ? {} : { tip: tip(seq) }),
    },
  };
}

function text(seq: number): EventEnvelope {
  const message: Message = {
    id: `7000000000${seq}`,
    conv: 'g:1',
    seq,
    from: 'bob',
    time: seq,
    clientId: `b${seq}`,
    content: { type: 'text', text: `${seq}` },
  };
  return { e: 'message.created', c: 'g:1', n: seq, d: { message } };
}

async function world() {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  const client = createClient({ platform: createFakePlatform(clock, server.connect) });
  const opened = client.session.open({ token: 'alice' });
  await clock.advance(100);
  await opened;
  const told: string[] = [];
  client.on('group', ({ change, mine, tip: inside }) =>
    told.push(`group ${change} ${mine ? 'mine' : 'other'} ${inside?.seq ?? '-'}`),
  );
  client.on('messages', ({ messages }) => told.push(`messages ${messages.map(({ seq }) => seq).join(',')}`));
  client.on('conversations', ({ changed: rows, removed }) =>
    told.push(`list ${rows.map(({ unread }) => unread).join(',')} ${removed.length}`),
  );
  return { clock, server, client, told };
}

test('a group event is told first, then its tip as a message, then the list; a tip counts nothing', async () => {
  const { server, told, client } = await world();
  server.push({ e: [changed(1, 1), text(2)] });
  expect(told).toEqual(['group joined mine 1', 'messages 1,2', 'list 1 0']);
  expect(client.conversations.get('g:1')).toMatchObject({
    unread: 1,
    group: { name: 'Bridge' },
    lastEntry: { seq: 2 },
  });
});

test('the same fact in the group’s stream and in the user’s own is told once, either way round', async () => {
  const mine = {
    e: 'group.mine',
    n: 1,
    d: { change: 'joined', group, actor: 'bob', targets: ['alice'], at: 1 },
  };
  for (const events of [
    [changed(1, 1), mine],
    [mine, changed(1, 1)],
  ]) {
    const { server, told } = await world();
    server.push({ e: events });
    expect(told.filter((one) => one.startsWith('group'))).toHaveLength(1);
    expect(told.filter((one) => one.startsWith('messages'))).toEqual(['messages 1']);
  }
});

test('a tip advances the messages stream: what follows it is not a gap', async () => {
  const { server, told, clock } = await world();
  server.push({ e: [text(1), changed(1, 2), text(3)] });
  await clock.advance(1_000);
  expect(server.calls.some(({ op }) => op === 'message.list')).toBe(false);
  expect(told.filter((one) => one.startsWith('messages'))).toEqual(['messages 1,2,3']);
});

test('changes that come twice or late are told once and in order', async () => {
  const { server, told, client } = await world();
  const change = (n: number): EventEnvelope => ({
    e: 'group.changed',
    c: 'g:1',
    n,
    d: { change: 'profileChanged', group: { ...group, name: `n${n}` }, actor: 'bob', at: n },
  });
  server.push({ e: [change(1), change(3), change(1), change(2), change(3)] });
  expect(told.filter((one) => one.startsWith('group'))).toHaveLength(3);
  expect(client.conversations.get('g:1')).toBeUndefined();
});

test('typing and commands are messages that are nowhere kept', async () => {
  const { server, client, clock } = await world();
  const heard: boolean[] = [];
  client.on('messages', ({ messages }) => heard.push(...messages.map(({ stored }) => stored)));
  const window = client.messages.window('u:bob');
  await clock.advance(10);
  const message: Message = {
    id: '01',
    conv: 'd:alice bob',
    from: 'bob',
    time: 1,
    clientId: 't',
    content: { type: 'typing', state: 'begin' },
  };
  server.push({ e: [{ e: 'message.transient', c: 'd:alice bob', d: { message } }] });
  const sent = client.messages.send({
    ref: 'u:bob',
    content: { type: 'typing', state: 'begin' },
    store: false,
  });
  await clock.advance(100);
  expect(await sent).toMatchObject({ stored: false, status: 'sent' });
  expect(heard).toEqual([false]);
  expect([window.messages, client.conversations.list()]).toEqual([[], []]);
});
