import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { seriousFindings } from './axe.ts';
import type { Person, World } from './world.ts';

/** Opens a conversation that is in the list. */
export async function openConversation(page: Page, ref: string): Promise<void> {
  await page.locator(`[data-ref="${ref}"]`).click();
  await listPlaced(page);
}

/** The message list stands where it belongs. */
export async function listPlaced(page: Page): Promise<void> {
  await page.locator('main .scroll.placed').waitFor();
}

export async function write(page: Page, text: string): Promise<void> {
  await page.locator('textarea').fill(text);
  await page.locator('textarea').press('Enter');
}

export function message(page: Page, text: string): Locator {
  return page.locator('article[data-message]', { hasText: text }).last();
}

/** The mark beside an own message: `clock`, `check`, `checks`, by its words for screen readers. */
export async function hasStatus(at: Locator, words: RegExp): Promise<void> {
  await at.locator('.status', { hasText: words }).waitFor();
}

export async function act(page: Page, at: Locator, action: RegExp): Promise<void> {
  await at.locator('.bubble').click({ button: 'right', position: { x: 6, y: 6 } });
  await page.getByRole('menuitem', { name: action }).click();
}

/** Scrolls the message list, until it has heard of it. There must be room. */
export function scrollList(page: Page, by: number): Promise<void> {
  return page.evaluate((delta) => {
    const scroller = document.querySelector('main .scroll') as HTMLElement;
    return new Promise<void>((resolve) => {
      scroller.addEventListener('scroll', () => resolve(), { once: true });
      scroller.scrollBy(0, delta);
    });
  }, by);
}

/** Says and stores something as a user, from elsewhere. */
export async function say(
  world: World,
  user: string,
  ref: string,
  content: object | string,
  extra: object = {},
): Promise<void> {
  said += 1;
  await world.server.admin(
    'message.send',
    {
      ref,
      clientId: `e2e:${said}`,
      content: typeof content === 'string' ? { type: 'text', text: content } : content,
      ...extra,
    },
    { user },
  );
}
let said = 0;

/** A view as it was meant: nothing broken, nothing an accessibility engine minds, and a picture of it. */
export async function look(person: Person, name: string): Promise<void> {
  await person.shoot(name);
  expect(await seriousFindings(person.page), name).toEqual([]);
  expect(person.complaints, name).toEqual([]);
  expect(await outside(person.page), name).toEqual([]);
}

/** What sticks out of the window at a side. */
function outside(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('.bubble, header, textarea, button, [role=dialog]')].flatMap((one) => {
      const { left, right, width } = one.getBoundingClientRect();
      return width > 0 && (left < 0 || right > innerWidth + 0.5)
        ? [`${one.tagName} ${one.className} ${left}–${right}`]
        : [];
    }),
  );
}
