import { afterAll, beforeAll, expect, test } from 'vitest';
import { look, openConversation, say } from './support/actions.ts';
import { createWorld, type Person, type World } from './support/world.ts';

// Whatever somebody sends, the reader's page shows it and does nothing else.

const HTML =
  '<img src=x onerror="globalThis.owned=1"><script>globalThis.owned=1</script><a href="javascript:owned=1">x</a>';
const BAD = 'javascript:globalThis.owned=1';
const EVIL = 'data:text/html,<script>owned=1</script>';
const CONTENTS: readonly object[] = [
  { type: 'text', text: HTML },
  { type: 'text', text: `${BAD} data:text/html,hi vbscript:x //evil.example ftp://evil.example mailto:a@b.example file:///etc/passwd https://ok.example/?q=<b>` }, // prettier-ignore
  { type: 'text', text: '\u202Egnp.exe\u202C '.repeat(20) + 'z'.repeat(400) },
  { type: 'text', text: `${'H̴̢̛'.repeat(200)} ${'﷽'.repeat(30)}` },
  { type: 'image', file: { url: BAD, name: HTML }, width: 100_000, height: 1 },
  { type: 'image', file: { url: EVIL }, width: 1, height: 100_000 },
  { type: 'image', file: { url: 'http://169.254.169.254/latest/meta-data' } },
  { type: 'file', file: { url: BAD, name: '../../etc/passwd\u202Efdp.exe<script>', size: 1 } },
  { type: 'file', file: { url: EVIL, name: '' } },
  { type: 'audio', file: { url: BAD }, seconds: 1e6 },
  { type: 'video', file: { url: EVIL }, poster: { file: { url: BAD } }, width: 1, height: 1 },
  { type: 'location', latitude: 90, longitude: -180, address: HTML, place: HTML },
  { type: 'face', index: 7, data: HTML },
  {
    type: 'custom',
    flavour: 'named',
    data: HTML,
    name: '__proto__',
    fields: { constructor: HTML },
    description: HTML,
  },
  { type: 'multi', items: [{ type: 'text', text: HTML }, { type: 'image', file: { url: BAD } }, { type: 'file', file: { url: BAD, name: HTML } }] }, // prettier-ignore
];

let world: World;
let alice: Person;

beforeAll(async () => {
  world = await createWorld();
  await world.server.admin('user.update', { name: HTML, avatar: BAD }, { user: 'bob' });
});
afterAll(() => world?.close());

async function nothingHappened(person: Person): Promise<void> {
  const { page } = person;
  expect(await page.evaluate(() => 'owned' in globalThis)).toBe(false);
  expect(person.complaints).toEqual([]);
  const addresses = await page.evaluate(() =>
    [...document.querySelectorAll('[href], [src], [poster], [action]')].flatMap((one) =>
      ['href', 'src', 'poster', 'action'].flatMap((name) => one.getAttribute(name) ?? []),
    ),
  );
  const home = world.server.url;
  const odd = addresses.filter((address) => !/^(https:\/\/|\/)/.test(address) && !address.startsWith(home) && !address.startsWith(`blob:${home}`)); // prettier-ignore
  expect(odd).toEqual([]);
  expect(await page.locator('main script, main iframe, main object, main embed, main style').count()).toBe(0);
}

test('hostile content of every type stays inert, in the list and in the conversation', async () => {
  alice = await world.person('alice', { width: 900 });
  for (const content of CONTENTS) {
    await say(world, 'bob', 'u:alice', content);
    // Each is the last message of the list once.
    await alice.page.waitForFunction(
      (type) => document.querySelector('[data-ref="u:bob"] .preview')?.textContent !== type,
      '',
    );
  }
  await nothingHappened(alice);
  await openConversation(alice.page, 'u:bob');
  await alice.page.locator('article').nth(3).waitFor();
  await look(alice, 'hostile-newest');
  await nothingHappened(alice);
  const seen = new Set<string>();
  for (let i = 0; i < 40 && seen.size < CONTENTS.length; i++) {
    for (const id of await alice.page.evaluate(() => [...document.querySelectorAll<HTMLElement>('article[data-message]')].map((one) => one.dataset['message'] ?? ''))) seen.add(id); // prettier-ignore
    await nothingHappened(alice);
    await alice.page.evaluate(() => document.querySelector('main .scroll')?.scrollBy(0, -400));
    await alice.page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
  }
  expect(seen.size).toBe(CONTENTS.length);
  await look(alice, 'hostile-oldest');
});

test('links are http and https alone, and open apart', async () => {
  const links = await alice.page.evaluate(
    () =>
    [...document.querySelectorAll<HTMLAnchorElement>('main article .text a')].map(({ href, rel, target }) => ({ href, rel, target })), // prettier-ignore
  );
  expect(links.length).toBeGreaterThan(0);
  for (const { href, rel, target } of links) {
    expect(href).toMatch(/^https?:/);
    expect(rel).toContain('noopener');
    expect(target).toBe('_blank');
  }
});

test('nothing makes the page wider than its window', async () => {
  expect(await alice.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  expect(await alice.page.evaluate(() => { const list = document.querySelector('main .scroll') as HTMLElement; return list.scrollWidth <= list.clientWidth; })).toBe(true); // prettier-ignore
});

test('names of groups and tips are words too', async () => {
  const { group } = (await world.server.admin('group.create', { kind: 'work', name: HTML, announcement: HTML, members: ['alice'] }, { user: 'bob' })) as { group: { id: string } }; // prettier-ignore
  await world.server.admin('group.update', { id: group.id, name: `${HTML}2`, avatar: EVIL }, { user: 'bob' });
  await openConversation(alice.page, `g:${group.id}`);
  await alice.page.locator('[data-note=tip]').first().waitFor();
  await alice.page.getByRole('button', { name: 'Group info' }).click();
  await alice.page.getByText('2 members').last().waitFor();
  await look(alice, 'hostile-group');
  await nothingHappened(alice);
});

test('an address that names no conversation shows none', async () => {
  for (const path of ['/chat/u:nobody-here', '/chat/%3Cscript%3E', '/chat/g:not-mine', '/chat/x']) {
    await alice.page.goto(`${world.server.url}${path}`);
    await alice.page.locator('nav [data-ref]').first().waitFor();
    await alice.page.locator('main').waitFor();
    await nothingHappened(alice);
  }
});
