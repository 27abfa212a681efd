import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn, textTo } from '../protocol/support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer();
  await server.admin('word.add', { words: [{ word: 'forbidden', action: 'block' }, { word: '敏感词', action: 'block' }, { word: 'darn', action: 'mask' }] }); // prettier-ignore
});
afterAll(() => server.close());

describe('words of the app', () => {
  it.each([
    ['content.text', { type: 'text', text: 'this is FORBIDDEN here' }],
    ['content.text', { type: 'text', text: '有敏 感-词吗' }],
    ['content.description', { type: 'custom', flavour: 'plain', data: '{}', description: 'forbidden' }],
    ['content.search', { type: 'custom', flavour: 'typed', data: '{}', search: 'forbidden' }],
    ['content.place', { type: 'location', latitude: 1, longitude: 1, address: 'here', place: 'forbidden city' }],
    ['content.items.1.text', { type: 'multi', items: [{ type: 'face', index: 1, data: 'forbidden' }, { type: 'text', text: 'forbidden' }] }],
    ['content.file.name', { type: 'file', file: { url: 'https://example.com/x', name: 'forbidden.txt' } }],
  ])('that are blocked refuse the message, naming %s', async (field, content) => {
    await using alice = await signIn(server, 'alice');
    const before = await alice.request('message.list', { ref: 'u:bob', direction: 'older', limit: 1 });
    expect(await alice.refused('message.send', { ...textTo('u:bob', ''), content })).toMatchObject({ code: 'WORDS_REFUSED', field });
    const after = await alice.request('message.list', { ref: 'u:bob', direction: 'older', limit: 1 });
    expect(after.lastSeq).toBe(before.lastSeq);
  }); // prettier-ignore

  it('that are masked become stars, for the receiver, in the history and in the sender’s reply', async () => {
    await using alice = await signIn(server, 'alice');
    await using bob = await signIn(server, 'bob');
    const send = textTo('u:bob', 'well, Darn it');
    const content = { type: 'text', text: 'well, **** it' };
    const sent = await alice.request('message.send', send);
    expect(sent.content).toEqual(content);
    const told = await bob.event('message.created', ({ n }) => n === sent.seq);
    expect(told.d).toMatchObject({ message: { content } });
    const page = await bob.request('message.list', { ref: 'u:alice', direction: 'older', limit: 1 });
    expect(page.entries).toMatchObject([{ content }]);
    expect(await alice.request('message.send', send)).toEqual(sent);
    const unstored = await alice.request('message.send', { ...textTo('u:bob', 'darn'), store: false });
    expect(unstored.content).toEqual({ type: 'text', text: '****' });
  });

  it('a retry is answered with what was stored, though the words are others by now', async () => {
    await using alice = await signIn(server, 'alice');
    const send = textTo('u:bob', 'a darn retry');
    const sent = await alice.request('message.send', send);
    await server.admin('word.remove', { words: ['darn'] });
    expect(await alice.request('message.send', send)).toEqual(sent);
    await server.admin('word.add', { words: [{ word: 'darn', action: 'mask' }] });
  });

  it('leave data of programs, other messages and the app’s back end alone', async () => {
    await using alice = await signIn(server, 'alice');
    const custom = { type: 'custom', flavour: 'plain', data: '{"forbidden":"darn"}' } as const;
    for (const content of [
      custom,
      { type: 'text', text: 'fine' } as const,
      { type: 'command', action: 'forbidden' } as const,
    ]) {
      // prettier-ignore
      const sent = await alice.request('message.send', { ...textTo('u:bob', ''), content });
      expect(sent).not.toHaveProperty('content');
    }
    const said = await server.admin('message.send', textTo('u:bob', 'forbidden'), { user: 'alice' });
    expect(said).toMatchObject({ stored: true });
  });

  it('belong to their app alone', async () => {
    await server.admin('app.create', { id: 'other', name: 'Other', doors: [] });
    expect(await server.admin('word.list', { limit: 10 }, { app: 'other' })).toEqual({ words: [], total: 0 });
    expect(await server.admin('word.test', { text: 'forbidden' }, { app: 'other' })).toEqual({ text: 'forbidden' }); // prettier-ignore
  });
});

describe('word operations', () => {
  it.each(['members', 'user', 'mesh', 'apps', 'words'])('are there for an app called %s, as a subject of the bus may be', async (id) => {
    await server.admin('app.create', { id, name: id, doors: [] });
    await server.admin('word.add', { words: [{ word: 'x', action: 'block' }] }, { app: id });
    expect(await server.admin('word.list', { limit: 10 }, { app: id })).toMatchObject({ total: 1 });
  }); // prettier-ignore

  it('list in pages, change and remove, in whatever spelling', async () => {
    const app = { app: 'pages' };
    await server.admin('app.create', {
      id: 'pages',
      name: 'Pages',
      doors: [],
      settings: { 'limits.words': 4 },
    });
    const add = (...words: string[]) => server.admin('word.add', { words: words.map((word) => ({ word, action: 'block' })) }, app); // prettier-ignore
    expect(await add('Banana', 'apple', ' apple ')).toEqual({ total: 2 });
    expect(await add('cherry')).toEqual({ total: 3 });
    const first = (await server.admin('word.list', { limit: 2 }, app)) as { next: string };
    expect(first).toMatchObject({ words: [{ word: 'apple', action: 'block' }, { word: 'banana', action: 'block' }], total: 3 }); // prettier-ignore
    expect(await server.admin('word.list', { limit: 2, cursor: first.next }, app)).toEqual({ words: [{ word: 'cherry', action: 'block' }], total: 3 }); // prettier-ignore
    await server.admin('word.add', { words: [{ word: 'CHERRY', action: 'mask' }] }, app);
    expect(await server.admin('word.test', { text: 'a cherry' }, app)).toEqual({ text: 'a ******' });
    expect(await server.admin('word.test', { text: 'a cherry and a banana' }, app)).toMatchObject({ blocked: 'banana' }); // prettier-ignore
    await expect(add('d', 'e')).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    expect(await server.admin('word.list', { limit: 1 }, app)).toMatchObject({ total: 3 });
    await server.admin('word.remove', { words: ['BANANA', 'never there'] }, app);
    expect(await server.admin('word.test', { text: 'banana' }, app)).toEqual({ text: 'banana' });
  });

  it('refuse a word of which the filter would keep nothing', async () => {
    const words = [{ word: 'fine', action: 'block' }, { word: ' \u200b ', action: 'block' }]; // prettier-ignore
    await expect(server.admin('word.add', { words })).rejects.toMatchObject({ code: 'BAD_REQUEST', field: 'words.1.word' }); // prettier-ignore
    expect(await server.admin('word.test', { text: 'fine' })).toEqual({ text: 'fine' });
  });

  it('are not for users', async () => {
    await using alice = await signIn(server, 'alice');
    expect(await alice.refused('word.list', { limit: 1 })).toMatchObject({ code: 'FORBIDDEN' });
  });
});
