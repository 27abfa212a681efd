import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  hasStatus,
  listPlaced,
  look,
  message,
  openConversation,
  say,
  scrollList,
  write,
} from './support/actions.ts';
import { createWorld, type Person, type World } from './support/world.ts';

// Where the reader is in a long conversation, whatever comes at either end of it.

const COUNT = 230;
let world: World;
let alice: Person;

beforeAll(async () => {
  world = await createWorld();
  for (let i = 1; i <= COUNT; i++) {
    await say(world, i % 4 === 0 ? 'alice' : 'bob', i % 4 === 0 ? 'u:bob' : 'u:alice', `No ${i}. ${'words of no weight '.repeat((i * 7) % 11)}`); // prettier-ignore
  }
  alice = await world.person('alice');
});
afterAll(() => world?.close());

interface Place {
  readonly text: string;
  readonly top: number;
}

/** The first message wholly in sight, and where it stands. */
function firstInSight(page: Page): Promise<Place> {
  return page.evaluate(() => {
    const scroller = document.querySelector('main .scroll') as HTMLElement;
    const edge = scroller.getBoundingClientRect().top;
    const row = [...scroller.querySelectorAll('article')].find(
      (one) => one.getBoundingClientRect().top >= edge,
    );
    return {
      text: row?.querySelector('.text')?.textContent.slice(0, 8) ?? '',
      top: row?.getBoundingClientRect().top ?? 0,
    };
  });
}

/** Nothing is being fetched, and what came has been measured and stands: the same for several frames. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () => document.querySelector('main .scroll')?.getAttribute('aria-busy') === 'false',
  );
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        let last = '';
        let same = 0;
        const look = (): void => {
          const { scrollTop, scrollHeight } = document.querySelector('main .scroll') as HTMLElement;
          const now = `${scrollTop} ${scrollHeight}`;
          same = now === last ? same + 1 : 0;
          last = now;
          if (same >= 3) resolve();
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
}

test('it opens at the newest', async () => {
  await openConversation(alice.page, 'u:bob');
  await message(alice.page, `No ${COUNT}.`).waitFor();
  const gap = await alice.page.evaluate(() => {
    const scroller = document.querySelector('main .scroll') as HTMLElement;
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  });
  expect(gap).toBeLessThan(3);
  await look(alice, 'place-newest');
});

test('one press goes to where the unread begins, another back', async () => {
  const { page } = alice;
  await page.getByRole('button', { name: '173 new messages' }).click();
  await page.locator('main .unread').waitFor();
  await message(page, 'No 1.').waitFor();
  await page.getByRole('button', { name: '173 new messages' }).waitFor({ state: 'detached' });
  await settled(page);
  // Down from here the pages follow one another to the end.
  for (let step = 0; step < 60 && !(await message(page, `No ${COUNT}.`).isVisible()); step++) {
    await scrollList(page, 1_500).catch(() => undefined);
    await settled(page);
  }
  await message(page, `No ${COUNT}.`).waitFor();
  await page.locator('[data-ref="u:bob"] .badge').waitFor({ state: 'detached' });
});

test('older pages come above without moving what is read', async () => {
  const { page } = alice;
  await page.reload();
  await listPlaced(page);
  await message(page, `No ${COUNT}.`).waitFor();
  const strays: number[] = [];
  for (let step = 0; step < 150; step++) {
    if ((await page.locator('main .top', { hasText: 'beginning' }).count()) > 0) break;
    const before = await firstInSight(page);
    const room = await page.evaluate(() => document.querySelector('main .scroll')?.scrollTop ?? 0);
    await scrollList(page, -300).catch(() => undefined);
    await settled(page);
    const after = await page.evaluate((text) => {
      const row = [...document.querySelectorAll('main article')].find((one) => one.querySelector('.text')?.textContent.startsWith(text)); // prettier-ignore
      return {
        top: row?.getBoundingClientRect().top ?? Infinity,
        offset: document.querySelector('main .scroll')?.scrollTop ?? 0,
      };
    }, before.text);
    // What was at the top went down by what was scrolled, and by nothing else, though pages came above it.
    if (room >= 300 && after.offset > 0) strays.push(Math.abs(after.top - before.top - 300));
  }
  await page.locator('main .top', { hasText: 'beginning' }).waitFor();
  expect(strays.length).toBeGreaterThan(20);
  expect(Math.max(...strays)).toBeLessThanOrEqual(2);
  expect(await page.locator('main article').count()).toBeLessThan(60);
  await message(page, 'No 1.').waitFor();
  await alice.shoot('place-oldest');
});

test('what arrives meanwhile is counted, moves nothing, and is one press away', async () => {
  const { page } = alice;
  const before = await firstInSight(page);
  await say(world, 'bob', 'u:alice', 'fresh one');
  await say(world, 'bob', 'u:alice', 'fresh two');
  await page.getByRole('button', { name: '2 new messages' }).waitFor();
  expect(await firstInSight(page)).toEqual(before);
  expect(await page.locator('[data-ref="u:bob"] .badge').innerText()).toContain('2');
  await look(alice, 'place-arrived');
  await page.getByRole('button', { name: '2 new messages' }).click();
  await message(page, 'fresh two').waitFor();
  await page.locator('[data-ref="u:bob"] .badge').waitFor({ state: 'detached' });
});

test('one who writes is taken to the end, one who is there stays there', async () => {
  const { page } = alice;
  await scrollList(page, -2_000);
  await page.locator('.newest').waitFor();
  await write(page, 'my own word');
  await hasStatus(message(page, 'my own word'), /Sent|Read/);
  await page.locator('.newest').waitFor({ state: 'detached' });
  await say(world, 'bob', 'u:alice', `long answer ${'and so on '.repeat(80)}`);
  await message(page, 'long answer').waitFor();
  await page.waitForFunction(() => {
    const scroller = document.querySelector('main .scroll') as HTMLElement;
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 3;
  });
});

test('arrow keys go from message to message, also to those not drawn', async () => {
  const { page } = alice;
  await page.locator('main .scroll').focus();
  for (let i = 0; i < 25; i++) await page.keyboard.press('ArrowUp');
  await page.waitForFunction(() => document.activeElement?.matches('article[data-message]'));
  const text = await page.evaluate(() => document.activeElement?.textContent ?? '');
  expect(text).toMatch(/No 2[01]\d/);
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Copy' }).waitFor();
  await page.keyboard.press('Escape');
  expect(new URL(page.url()).pathname).toContain('/chat/u');
});

test('Ctrl+K searches, arrows walk the list, Escape goes back', async () => {
  const { page } = alice;
  await say(world, 'carol', 'u:alice', 'hi');
  await say(world, 'dave', 'u:alice', 'hi');
  await page.locator('[data-ref="u:dave"]').waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('car');
  expect(await page.locator('[data-ref]').count()).toBe(1);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Carol' }).waitFor();
  await listPlaced(page);
  await page.keyboard.press('Control+k');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset['ref'])).toBe('u:bob');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Bob' }).waitFor();
  await page.locator('[data-ref="u:bob"]').focus();
  await page.keyboard.press('Escape');
  await page.getByText('Pick a conversation').waitFor();
  await look(alice, 'pick');
});
