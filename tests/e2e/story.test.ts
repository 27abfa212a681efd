import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  act,
  hasStatus,
  listPlaced,
  look,
  message,
  openConversation,
  scrollList,
  write,
} from './support/actions.ts';
import { picture, sound } from './support/files.ts';
import { createWorld, type Look, type Person, type World } from './support/world.ts';

// Two people, two windows, the whole way: from the login to a window that was closed and opened again.

const desktop = { width: 1180, height: 760 };
const phone = { width: 390, height: 780 };
const settings: readonly (readonly [string, Look, Look])[] = [
  [
    'desk-en-light with phone-zh-dark',
    { ...desktop, locale: 'en-US' },
    { ...phone, locale: 'zh-CN', dark: true },
  ],
  [
    'phone-en-dark with desk-zh-light',
    { ...phone, locale: 'en-US', dark: true },
    { ...desktop, locale: 'zh-CN' },
  ],
];

describe.each(settings)('%s', (name, aliceLook, bobLook) => {
  let world: World;
  let alice: Person;
  let bob: Person;
  const shot = (view: string): string => `${name.split(' ')[0]}-${view}`;
  const bobShot = (view: string): string => `${name.split(' ').at(-1)}-${view}`;

  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world?.close());

  test('one logs in with a click, the other by the address', async () => {
    alice = await world.person(undefined, aliceLook);
    await alice.page.getByRole('button', { name: 'alice' }).waitFor();
    await look(alice, shot('login'));
    await alice.page.getByRole('button', { name: 'alice' }).click();
    await alice.page.getByRole('button', { name: 'New conversation' }).last().waitFor();
    await look(alice, shot('empty'));
    bob = await world.person('bob', bobLook);
    expect(new URL(bob.page.url()).search).toBe('');
  });

  test('a conversation begins, and what is said arrives, unread and then read', async () => {
    const { page } = alice;
    await page.getByRole('button', { name: 'New conversation' }).first().click();
    await page.getByLabel('User id').fill('nobody-of-that-id');
    await page.getByRole('button', { name: 'Start chat' }).click();
    await page.getByRole('alert').waitFor();
    await look(alice, shot('start'));
    await page.getByLabel('User id').fill('bob');
    await page.getByRole('button', { name: 'Start chat' }).click();
    await page.locator('textarea').waitFor();
    await look(alice, shot('none-yet'));
    await write(page, 'Hello Bob, see https://example.com/plan.');
    await hasStatus(message(page, 'Hello Bob'), /Sent/);

    const row = bob.page.locator('[data-ref="u:alice"]');
    await row.locator('.badge').waitFor();
    expect(await row.innerText()).toContain('Hello Bob');
    expect(await bob.page.title()).toContain('(1)');
    await look(bob, bobShot('list'));
    await openConversation(bob.page, 'u:alice');
    await bob.page.locator('.unread').waitFor();
    await hasStatus(message(page, 'Hello Bob'), /Read/);
    await write(bob.page, '你好,Alice!');
    await message(page, '你好').waitFor();
    await look(bob, bobShot('talk'));
  });

  test('one sees the other write, and a draft waits where it was left', async () => {
    await bob.page.locator('textarea').pressSequentially('hm');
    await alice.page.locator('header .subtitle', { hasText: 'typing' }).waitFor();
    await bob.page.locator('textarea').fill('');
    const long = 'first line';
    await alice.page.locator('textarea').fill(long);
    await alice.page.locator('textarea').press('Shift+Enter');
    await alice.page.keyboard.type('second line');
    await alice.page.reload();
    await alice.page.locator('textarea').waitFor();
    expect(await alice.page.locator('textarea').inputValue()).toBe('first line\nsecond line');
    await alice.page.locator('textarea').press('Enter');
    await message(bob.page, 'second line').waitFor();
  });

  test('emoji come from a picker in the reader’s language', async () => {
    await bob.page.getByRole('button', { name: '表情' }).click();
    const panel = bob.page.locator('.emoji-popover');
    await panel.locator('.grid button').first().waitFor();
    await look(bob, bobShot('emoji'));
    await panel.getByRole('searchbox').fill('焰');
    await panel
      .getByRole('button', { name: '焰火' })
      .or(panel.locator('.grid button', { hasText: '🎆' }))
      .first()
      .click();
    await bob.page.keyboard.press('Escape');
    await bob.page.locator('textarea').press('Enter');
    await message(alice.page, '🎆').waitFor();
  });

  test('pictures, files and recordings: by button, pasted, dropped', async () => {
    const { page } = alice;
    await page.locator('[data-pick=image]').setInputFiles({ name: 'sky.png', mimeType: 'image/png', buffer: picture(640, 400) }); // prettier-ignore
    await page.getByRole('list', { name: 'Files to send' }).getByText('sky.png').waitFor();
    await look(alice, shot('tray'));
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const image = bob.page.locator('article[data-type=image] img');
    await image.waitFor();
    await bob.page.waitForFunction(() => (document.querySelector<HTMLImageElement>('article[data-type=image] img')?.naturalWidth ?? 0) > 0); // prettier-ignore

    await bob.page.locator('[data-pick=file]').setInputFiles({ name: '报告.txt', mimeType: 'text/plain', buffer: Buffer.from('quarterly') }); // prettier-ignore
    await bob.page.locator('textarea').press('Enter');
    const link = page.locator('article[data-type=file] a');
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toBe('报告.txt');

    await hand(page, 'paste', 'textarea', 'pasted.png', 'image/png', picture(300, 300, 60));
    await page.locator('textarea').press('Enter');
    await bob.page.locator('article[data-type=image] img').nth(1).waitFor();
    await hand(page, 'drop', 'section.pane', 'note.wav', 'audio/wav', sound());
    await page.locator('textarea').press('Enter');
    await bob.page.locator('article[data-type=audio] audio').waitFor();
    await hasStatus(page.locator('article[data-type=audio]'), /Sent|Read/);
    await look(alice, shot('files'));
    await look(bob, bobShot('files'));
  });

  test('a picture opens over the page and closes with Escape', async () => {
    await alice.page.locator('article[data-type=image] button.image').first().click();
    await alice.page.locator('.viewer-canvas img').waitFor();
    await alice.shoot(shot('viewer'));
    await alice.page.keyboard.press('Escape');
    await alice.page.locator('.viewer-canvas').waitFor({ state: 'detached' });
    expect(new URL(alice.page.url()).pathname).toContain('/chat/u');
    expect(alice.complaints).toEqual([]);
  });

  test('what was said is taken back, deleted for oneself, copied', async () => {
    await write(alice.page, 'a secret');
    await message(bob.page, 'a secret').waitFor();
    await hasStatus(message(alice.page, 'a secret'), /Sent|Read/);
    await act(alice.page, message(alice.page, 'a secret'), /Recall/);
    await alice.page.getByRole('button', { name: 'Edit again' }).click();
    expect(await alice.page.locator('textarea').inputValue()).toBe('a secret');
    await alice.page.locator('textarea').fill('');
    await bob.page.locator('[data-note=revoked]').waitFor();
    await message(bob.page, 'a secret').waitFor({ state: 'detached' });

    await act(bob.page, message(bob.page, 'second line'), /复制/);
    expect(await bob.page.evaluate(() => navigator.clipboard.readText())).toBe('first line\nsecond line');
    await act(bob.page, message(bob.page, 'second line'), /删除/);
    await message(bob.page, 'second line').waitFor({ state: 'detached' });
    expect(await message(alice.page, 'second line').count()).toBe(1);
    await look(alice, shot('recalled'));
  });

  test('a press on a list that still glides is a press', async () => {
    const { page } = alice;
    await scrollList(page, -60);
    const box = await page.locator('article[data-type=image] button.image').last().boundingBox();
    await page.mouse.move((box?.x ?? 0) + 20, (box?.y ?? 0) + (box?.height ?? 0) - 20);
    await page.mouse.down();
    await scrollList(page, -4);
    await page.mouse.up();
    await page.locator('.viewer-canvas img').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.viewer-canvas').waitFor({ state: 'detached' });
  });

  test('offline is told; what is written meanwhile goes out once', async () => {
    await alice.context.setOffline(true);
    await world.server.restart();
    await alice.page.locator('.banner.offline').waitFor();
    await write(alice.page, 'from the tunnel');
    await hasStatus(message(alice.page, 'from the tunnel'), /Sending/);
    await alice.shoot(shot('offline'));
    await alice.context.setOffline(false);
    await hasStatus(message(alice.page, 'from the tunnel'), /Sent|Read/);
    // Bob had scrolled up to what he deleted.
    if (await bob.page.locator('.newest').isVisible()) await bob.page.locator('.newest').click();
    await message(bob.page, 'from the tunnel').waitFor();
    await hasStatus(message(alice.page, 'from the tunnel'), /Read/);
    expect(await bob.page.locator('article', { hasText: 'from the tunnel' }).count()).toBe(1);
    await alice.page.locator('.banner').waitFor({ state: 'detached' });
  });

  test('a window is closed, and opened again: nothing is missing', async () => {
    await bob.page.close();
    for (const text of ['one', 'two', 'three']) await write(alice.page, `while you were away ${text}`);
    await hasStatus(message(alice.page, 'away three'), /Sent/);
    bob = await world.person('bob', bobLook);
    await bob.page.locator('[data-ref="u:alice"] .badge', { hasText: '3' }).waitFor();
    await openConversation(bob.page, 'u:alice');
    await bob.page.locator('.unread').waitFor();
    const last = await bob.page.locator('article').allInnerTexts();
    expect(last.slice(-3).map((text) => /away (\w+)/.exec(text)?.[1])).toEqual(['one', 'two', 'three']);
    await look(bob, bobShot('unread'));
  });

  test('the page goes on in the same place after a reload, and nobody is left after logging out', async () => {
    await alice.page.reload();
    await listPlaced(alice.page);
    await message(alice.page, 'away three').waitFor();
    if (aliceLook.width === phone.width)
      await alice.page.getByRole('button', { name: 'Back to conversations' }).click();
    await alice.page.getByRole('button', { name: 'Menu of Alice' }).click();
    await look(alice, shot('menu'));
    await alice.page.getByRole('menuitem', { name: 'Log out' }).click();
    await alice.page.getByRole('button', { name: 'alice' }).waitFor();
    await alice.page.goto(`${world.server.url}/chat`);
    await alice.page.getByRole('button', { name: 'alice' }).waitFor();
    expect(alice.complaints).toEqual([]);
  });
});

/** A file pasted or dropped, as the browser hands it to the page. */
async function hand(
  page: Person['page'],
  how: 'paste' | 'drop',
  where: string,
  name: string,
  type: string,
  bytes: Buffer,
): Promise<void> {
  await page.evaluate(
    ([kind, selector, fileName, mime, base64]) => {
      const data = new DataTransfer();
      const raw = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      data.items.add(new File([raw], fileName, { type: mime }));
      const common = { bubbles: true, cancelable: true };
      const event =
        kind === 'paste'
          ? new ClipboardEvent('paste', { ...common, clipboardData: data })
          : new DragEvent('drop', { ...common, dataTransfer: data });
      document.querySelector(selector)?.dispatchEvent(event);
    },
    [how, where, name, type, bytes.toString('base64')] as const,
  );
  await page.getByText(name).first().waitFor();
}
