import { afterAll, beforeAll, expect, test } from 'vitest';
import { act, hasStatus, look, message, openConversation, say, write } from './support/actions.ts';
import { createWorld, type Person, type World } from './support/world.ts';

let world: World;
let alice: Person;
let bob: Person;
let ref: string;

beforeAll(async () => {
  world = await createWorld();
  alice = await world.person('alice');
  bob = await world.person('bob', { width: 390, height: 780, locale: 'zh-CN', dark: true });
});
afterAll(() => world?.close());

test('a group is made, and those added to it have it at once', async () => {
  const { page } = alice;
  await page.getByRole('button', { name: 'New conversation' }).first().click();
  await page.getByRole('tab', { name: 'New group' }).click();
  await page.getByLabel('Group name').fill('Weekend hike');
  await page.getByLabel('Kind').selectOption('circle');
  await page.getByLabel('Members to add').fill('bob, carol');
  await look(alice, 'group-create');
  await page.getByRole('button', { name: 'Create group' }).click();
  await page.getByText('3 members').waitFor();
  ref = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '');
  expect(ref).toMatch(/^g:/);
  await write(page, 'Who brings the map?');
  await openConversation(bob.page, ref);
  await message(bob.page, 'the map').waitFor();
});

test('the sender sees how many have read, and who', async () => {
  await hasStatus(message(alice.page, 'the map'), /1 read/);
  await act(alice.page, message(alice.page, 'the map'), /Read by/);
  await alice.page.getByRole('dialog').getByText('Not read (1)').waitFor();
  await look(alice, 'group-readers');
  await alice.page.keyboard.press('Escape');
});

test('members speak, each in a colour of their own', async () => {
  await say(world, 'carol', ref, 'I have one from 1998');
  await say(world, 'carol', ref, '旧地图也行吧 😄');
  await write(bob.page, '我带指南针');
  await message(alice.page, '指南针').waitFor();
  await look(alice, 'group-talk-desk');
  await look(bob, 'group-talk-phone');
});

test('the owner renames, adds, promotes and removes', async () => {
  const { page } = alice;
  await page.getByRole('button', { name: 'Group info' }).click();
  const panel = page.getByRole('dialog');
  await panel.getByText('Carol').waitFor();
  await look(alice, 'group-info');
  await panel.getByRole('button', { name: 'Rename group' }).click();
  await panel.getByLabel('Group name').fill('Sunday hike');
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.getByRole('heading', { name: 'Sunday hike' }).waitFor();
  await panel.getByRole('button', { name: 'Add', exact: true }).click();
  await panel.getByLabel('Members to add').fill('dave nobody-at-all');
  await panel.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('Not added: nobody-at-all').waitFor();
  await panel.getByText('Dave').waitFor();
  await panel.getByRole('button', { name: 'Actions for Carol' }).click();
  await page.getByRole('menuitem', { name: 'Make admin' }).click();
  await panel.getByText('Admin', { exact: true }).waitFor();
  await panel.getByRole('button', { name: 'Actions for Dave' }).click();
  await page.getByRole('menuitem', { name: 'Remove from group' }).click();
  await panel.getByText('Dave').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await bob.page.getByRole('heading', { name: 'Sunday hike' }).waitFor();
});

test('one leaves; then it ends for all', async () => {
  await bob.page.getByRole('button', { name: '群信息' }).click();
  await bob.page.getByRole('button', { name: '退出群' }).click();
  await look(bob, 'group-leave-phone');
  await bob.page.getByRole('button', { name: '退出群' }).click();
  await bob.page.locator('[data-ref]').first().waitFor();
  await openConversation(bob.page, ref);
  await bob.page.getByText('你已不在该群中').waitFor();
  expect(await bob.page.locator('textarea').count()).toBe(0);
  await look(bob, 'group-left-phone');

  await alice.page.getByRole('button', { name: 'Group info' }).click();
  await alice.page.getByRole('button', { name: 'Dismiss group' }).click();
  await alice.page.getByRole('button', { name: 'Dismiss group' }).click();
  await openConversation(alice.page, ref);
  await alice.page.getByText('This group was dismissed.').waitFor();
  await look(alice, 'group-dismissed');
});

test('muted, pinned and removed conversations look and behave so', async () => {
  await say(world, 'bob', 'u:alice', 'psst');
  await say(world, 'carol', 'u:alice', 'later');
  const row = alice.page.locator('[data-ref="u:bob"]');
  await row.click({ button: 'right' });
  await alice.page.getByRole('menuitem', { name: 'Mute' }).click();
  await row.locator('.badge.quiet').waitFor();
  await row.click({ button: 'right' });
  await alice.page.getByRole('menuitem', { name: 'Pin', exact: true }).click();
  await alice.page.locator('li.pinned [data-ref="u:bob"]').waitFor();
  expect(await alice.page.locator('[data-ref]').first().getAttribute('data-ref')).toBe('u:bob');
  await look(alice, 'list-pinned-muted');
  await alice.page.locator('[data-ref="u:carol"]').click({ button: 'right' });
  await alice.page.getByRole('menuitem', { name: 'Remove from list' }).click();
  await alice.page.locator('[data-ref="u:carol"]').waitFor({ state: 'detached' });
  await say(world, 'carol', 'u:alice', 'here again');
  await alice.page.locator('[data-ref="u:carol"]').waitFor();
  expect(alice.complaints).toEqual([]);
});
