import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { hasStatus, look, message, openConversation, say, write } from './support/actions.ts';
import { seriousFindings } from './support/axe.ts';
import { picture } from './support/files.ts';
import { createWorld, type Person, type World } from './support/world.ts';

// What the page says when things do not go well; and that the checks themselves can fail.

let world: World;
let opened: Person[] = [];

beforeAll(async () => {
  world = await createWorld({ settings: { 'block.reply': 'refuse' } });
});
afterEach(async () => {
  for (const { context } of opened) await context.close();
  opened = [];
});
afterAll(() => world?.close());

async function person(...args: Parameters<World['person']>): Promise<Person> {
  const made = await world.person(...args);
  opened.push(made);
  return made;
}

async function asBob(operation: string): Promise<void> {
  const { userSig } = await world.server.credentials('bob');
  const response = await fetch(`${world.server.url}/v1/${operation}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${userSig}`, 'content-type': 'application/json' },
    body: JSON.stringify({ users: ['alice'] }),
  });
  expect(await response.text()).not.toContain('error');
}

test('a message that is refused says why, and goes out when sent again', async () => {
  await say(world, 'alice', 'u:bob', 'hi');
  await asBob('contact.block');
  const alice = await person('alice');
  await openConversation(alice.page, 'u:bob');
  await write(alice.page, 'are you there?');
  const failed = message(alice.page, 'are you there?');
  await failed.locator('.failure').waitFor();
  await hasStatus(failed, /Not sent/);
  await look(alice, 'state-failed');
  await alice.page.reload();
  await message(alice.page, 'are you there?').locator('.failure').waitFor();
  await asBob('contact.unblock');
  await failed.getByRole('button', { name: 'Send again' }).click();
  await hasStatus(failed, /Sent/);
  await failed.locator('.failure').waitFor({ state: 'detached' });
});

test('an upload shows how far it is, and can be called off', async () => {
  const alice = await person('alice', { width: 390, height: 780 });
  await openConversation(alice.page, 'u:bob');
  const network = await alice.context.newCDPSession(alice.page);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 20, downloadThroughput: 2_000_000, uploadThroughput: 100_000 }); // prettier-ignore
  await alice.page.locator('[data-pick=file]').setInputFiles({ name: 'large.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(3_000_000, 7) }); // prettier-ignore
  await alice.page.locator('textarea').press('Enter');
  const row = alice.page.locator('article[data-type=file]').last();
  await row.locator('progress').waitFor();
  await alice.page.waitForFunction(() => (document.querySelector('progress')?.value ?? 0) > 5);
  await look(alice, 'state-uploading');
  await row.getByRole('button', { name: 'Cancel upload' }).click();
  await row.locator('progress').waitFor({ state: 'detached' });
  expect(await alice.page.getByText('large.bin').count()).toBe(0);
});

test('what the server does not take is said at the message; what it will not is said before', async () => {
  const alice = await person('alice');
  await openConversation(alice.page, 'u:bob');
  await alice.page.locator('[data-pick=image]').setInputFiles({ name: 'not-a-picture.png', mimeType: 'image/png', buffer: Buffer.from('plain words') }); // prettier-ignore
  await alice.page.locator('textarea').press('Enter');
  const row = alice.page.locator('article[data-type=image]').last();
  await row.locator('.failure').waitFor();
  await row.getByRole('button', { name: 'Discard' }).click();
  await row.waitFor({ state: 'detached' });
  await alice.page.locator('[data-pick=image]').setInputFiles({ name: 'huge.png', mimeType: 'image/png', buffer: Buffer.concat([picture(8, 8), Buffer.alloc(21 * 1024 * 1024)]) }); // prettier-ignore
  await alice.page.getByText('huge.png is larger than 20 MB.').waitFor();
  await look(alice, 'state-too-large');
});

test('a viewer that could not be loaded says so, and opens, once, at the next press', async () => {
  const alice = await person('alice');
  await openConversation(alice.page, 'u:bob');
  await alice.page.locator('[data-pick=image]').setInputFiles({ name: 'sky.png', mimeType: 'image/png', buffer: picture(64, 64) }); // prettier-ignore
  await alice.page.locator('textarea').press('Enter');
  const row = alice.page.locator('article[data-type=image]').last();
  await hasStatus(row, /Sent/);
  await alice.context.setOffline(true);
  await row.locator('button.image').click();
  await alice.page.getByText('This picture cannot be shown').waitFor();
  await alice.context.setOffline(false);
  await row.locator('button.image').dblclick();
  await alice.page.locator('.viewer-canvas img').waitFor();
  expect(await alice.page.locator('.viewer-container').count()).toBe(1);
  expect(alice.complaints).toEqual([]);
});

test('a server that cannot be reached is told, at the start and in a conversation', async () => {
  const alice = await person('alice');
  await say(world, 'dave', 'u:alice', 'a word');
  await alice.page.locator('[data-ref="u:dave"]').waitFor();
  await alice.context.setOffline(true);
  await world.server.restart();
  await alice.page.locator('.banner.offline').waitFor();
  await alice.page.locator('[data-ref="u:dave"]').click();
  await alice.page.getByText('Not connected').waitFor();
  await look(alice, 'state-offline-messages');
  await alice.page.getByText('The messages could not be loaded').waitFor();
  await look(alice, 'state-messages-failed');
  await alice.context.setOffline(false);
  await message(alice.page, 'a word').waitFor();
});

test('a page that gets no connection at all says so, and goes on when pressed', async () => {
  const bob = await person('bob');
  let cut = true;
  await bob.page.routeWebSocket(/\/ws$/, (socket) => void (cut ? socket.close() : socket.connectToServer()));
  await bob.page.reload();
  await bob.page.getByText('Logging in…').waitFor();
  await bob.page.getByText('The server cannot be reached').waitFor();
  await look(bob, 'state-unreachable');
  cut = false;
  await bob.page.getByRole('button', { name: 'Try again' }).click();
  await bob.page.locator('nav input[type=search]').waitFor();
});

test('a login that ended elsewhere leads to the login page and says why', async () => {
  const carol = await person('carol', { locale: 'zh-CN' });
  await world.server.admin('session.kick', { userId: 'carol' });
  await carol.page.getByText('管理员已将你登出').waitFor();
  await look(carol, 'state-kicked');
});

test('a token that is none is refused with words', async () => {
  const nobody = await person(undefined);
  await nobody.page.getByText('Log in with a token').click();
  await nobody.page.getByLabel('User id', { exact: true }).fill('alice');
  await nobody.page.getByLabel('Token', { exact: true }).fill('nonsense');
  await nobody.page.locator('form.form').getByRole('button', { name: 'Log in' }).click();
  await nobody.page.getByRole('alert').waitFor();
  await look(nobody, 'state-bad-token');
  const { userSig } = await world.server.credentials('erin');
  await nobody.page.getByLabel('User id', { exact: true }).fill('erin');
  await nobody.page.getByLabel('Token', { exact: true }).fill(userSig);
  await nobody.page.locator('form.form').getByRole('button', { name: 'Log in' }).click();
  await nobody.page.getByText('No conversations yet').waitFor();
});

test('theme and language are switched, and stay', async () => {
  const dave = await person('dave');
  await dave.page.getByRole('button', { name: 'Menu of Dave' }).click();
  await dave.page.getByRole('menuitem', { name: 'Dark theme' }).click();
  await dave.page.getByRole('button', { name: 'Menu of Dave' }).click();
  await dave.page.getByRole('menuitem', { name: '中文' }).click();
  await dave.page.getByPlaceholder('搜索会话').waitFor();
  await dave.page.reload();
  await dave.page.getByPlaceholder('搜索会话').waitFor();
  expect(await dave.page.evaluate(() => [document.documentElement.dataset['theme'], document.documentElement.lang])).toEqual(['dark', 'zh-CN']); // prettier-ignore
  await look(dave, 'state-switched');
});

test('the watch hears of what the content policy refuses, of errors, and of other hosts', async () => {
  const { page, complaints } = await person(undefined);
  await page.getByRole('button', { name: 'alice' }).waitFor();
  await page.evaluate(() => document.body.setAttribute('style', 'color: red'));
  await page.evaluate(() => void fetch('https://other.example/').catch(() => undefined));
  await page.evaluate(() => void setTimeout(() => { throw new Error('on purpose'); })); // prettier-ignore
  await page.evaluate(() => document.head.append(Object.assign(document.createElement('script'), { textContent: 'globalThis.ran = 1' }))); // prettier-ignore
  await expect.poll(() => complaints.join('\n')).toMatch(/style/);
  await expect.poll(() => complaints.join('\n')).toMatch(/on purpose/);
  await expect.poll(() => complaints.join('\n')).toMatch(/other\.example/);
  await expect.poll(() => complaints.join('\n')).toMatch(/script/);
  expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
});

test('the accessibility engine finds what is wrong', async () => {
  const { page } = await person(undefined);
  await page.getByRole('button', { name: 'alice' }).waitFor();
  await page.evaluate(() => document.querySelector('main')?.append(document.createElement('img'), document.createElement('button'))); // prettier-ignore
  const found = (await seriousFindings(page)).join('\n');
  expect(found).toContain('image-alt');
  expect(found).toContain('button-name');
});
