import { expect, test } from 'vitest';
import { createClient } from '../client.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { createFakePlatform } from '../testing/fake-platform.ts';
import { FakeServer } from '../testing/fake-server.ts';

const AB = 'd:alice bob';

async function world(texts: readonly string[]) {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  const client = createClient({ platform: createFakePlatform(clock, server.connect) });
  for (const text of texts) server.say('bob', 'alice', text);
  const opened = client.session.open({ token: 'alice' });
  await clock.advance(1_000);
  await opened;
  const window = client.messages.window('u:bob');
  await clock.advance(500);
  const purge = (upTo: number, n = 1): void => server.push({ e: [{ e: 'message.purged', c: AB, n, d: { upTo } }] }); // prettier-ignore
  const shown = (): unknown[] => window.messages.map(({ content }) => (content as { text: string }).text);
  return { clock, server, client, purge, shown };
}

test('what is kept no longer leaves windows, heads and unread', async () => {
  const { clock, server, client, purge, shown } = await world(['one', 'two']);
  server.say('bob', 'alice', 'three');
  await clock.advance(50);
  expect(client.conversations.get('u:bob')?.unread).toBe(3);
  purge(2);
  await clock.advance(10);
  expect(shown()).toEqual(['three']);
  // The two were all that the server had counted.
  expect(client.conversations.get('u:bob')).toMatchObject({
    unread: 1,
    historyFrom: 3,
    lastLive: { seq: 3 },
  });
  purge(3, 2);
  await clock.advance(10);
  expect(shown()).toEqual([]);
  expect(client.conversations.get('u:bob')).toBeUndefined();
  expect(client.conversations.totalUnread()).toBe(0);
  server.say('bob', 'alice', 'four');
  await clock.advance(50);
  expect(client.conversations.get('u:bob')).toMatchObject({ unread: 1, lastSeq: 4 });
  expect(shown()).toEqual(['four']);
});

test('where some of those the server counted go, it is asked how many are left', async () => {
  const { clock, server, client, purge, shown } = await world(['one', 'two', 'three']);
  server.calls.length = 0;
  purge(1);
  await clock.advance(500);
  expect(shown()).toEqual(['two', 'three']);
  expect(server.calls.map(({ op }) => op)).toContain('conversation.list');
  expect(client.conversations.get('u:bob')?.lastLive?.seq).toBe(3);
});
