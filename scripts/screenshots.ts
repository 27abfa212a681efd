import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { createWorld, RESULTS, type Person, type World } from '../tests/e2e/support/world.ts';

/** Makes the picture of the READMEs from the running app: `npm run screenshots`. */
const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url));

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="960" height="560"><defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#1e2a5a"/><stop offset=".55" stop-color="#c0587e"/><stop offset="1" stop-color="#f6b26b"/></linearGradient></defs><rect width="960" height="560" fill="url(#g)"/><circle cx="690" cy="330" r="74" fill="#ffe9c4"/><path d="M0 430 L220 330 L400 420 L600 300 L960 440 V600 H0Z" fill="#2a2350"/><path d="M0 500 Q480 380 960 500 L960 600 L0 600Z" fill="#171433"/></svg>'; // prettier-ignore

/** A picture to send, drawn by the browser. */
async function picture(world: World): Promise<Buffer> {
  const page = await world.browser.newPage({ viewport: { width: 960, height: 560 } });
  await page.setContent(`<body style="margin:0">${SVG}</body>`);
  const bytes = await page.screenshot({ type: 'jpeg', quality: 88 });
  await page.close();
  return bytes;
}

/** What was said before the windows open. */
async function seed({ server }: World): Promise<void> {
  let count = 0;
  const say = (user: string, ref: string, text: string): Promise<unknown> =>
    server.admin('message.send', { ref, clientId: `shot:${count++}`, content: { type: 'text', text } }, { user }); // prettier-ignore
  const { group } = (await server.admin('group.create', { kind: 'work', name: '鹊桥 Launch', members: ['bob', 'carol', 'dave'] }, { user: 'alice' })) as { group: { id: string } }; // prettier-ignore
  await say('carol', `g:${group.id}`, 'The TIM app is over: one import changed, tests green 🎉');
  await say('dave', 'u:alice', 'Dinner at seven?');
  await say('carol', 'u:alice', '好的，明天见');
  await say('carol', 'u:bob', '地图发你了');
  await say('bob', 'u:alice', 'Morning! Did the move go well?');
  await say('alice', 'u:bob', 'Better than I feared. 全部用户都迁移过来了 😊');
  await say('bob', 'u:alice', 'And the ZIM people?');
  await say('alice', 'u:bob', 'In the same groups as everybody. That is the point of a bridge.');
}

async function send(page: Page, text: string): Promise<void> {
  await page.locator('textarea').fill(text);
  await page.locator('textarea').press('Enter');
}

/** The rest is said in the windows themselves. */
async function talk(world: World, { page: alice }: Person, { page: bob }: Person): Promise<void> {
  await bob.locator('[data-ref="u:alice"]').click();
  await alice.locator('[data-ref="u:bob"]').click();
  await bob.locator('[data-pick=image]').setInputFiles({ name: 'bridge.jpg', mimeType: 'image/jpeg', buffer: await picture(world) }); // prettier-ignore
  await send(bob, '');
  await alice.locator('article[data-type=image]').waitFor();
  await send(bob, 'Taken from the office just now');
  await alice.locator('article', { hasText: 'just now' }).waitFor();
  await alice.locator('[data-pick=file]').setInputFiles({ name: '上线计划.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n'.padEnd(284_000, ' ')) }); // prettier-ignore
  await send(alice, '');
  await bob.locator('article[data-type=file] a').waitFor();
  await alice.locator('article[data-type=file] .status.read').waitFor();
  await bob.locator('textarea').pressSequentially('收到');
  await alice.locator('header .subtitle').waitFor();
  for (const page of [alice, bob]) {
    await page.mouse.move(0, 0);
    await page.waitForLoadState('networkidle');
  }
}

/** Both windows in one picture. */
async function together(world: World): Promise<void> {
  const page = await world.browser.newPage({
    viewport: { width: 1280, height: 770 },
    deviceScaleFactor: 1.5,
  });
  const image = (name: string, style: string): string =>
    `<img style="position:absolute;box-shadow:0 18px 50px rgb(20 30 60/28%),0 0 0 1px rgb(20 30 60/8%);${style}" src="data:image/png;base64,${readFileSync(join(RESULTS, `${name}.png`)).toString('base64')}">`; // prettier-ignore
  const desk = image('readme-desk', 'left:40px;top:40px;width:1000px;border-radius:14px');
  const phone = image('readme-phone', 'left:908px;top:108px;width:330px;border-radius:26px');
  await page.setContent(
    `<body style="margin:0;background:linear-gradient(135deg,#dfe7fb,#f3ece6)">${desk}${phone}</body>`,
  );
  await page.screenshot({ path: join(FOLDER, 'chat.png') });
  await page.close();
}

mkdirSync(FOLDER, { recursive: true });
const world = await createWorld();
try {
  await seed(world);
  const alice = await world.person('alice', { width: 1000, height: 690, scale: 2 });
  const bob = await world.person('bob', { width: 330, height: 620, locale: 'zh-CN', dark: true, scale: 2 });
  await talk(world, alice, bob);
  await alice.shoot('readme-desk');
  await bob.shoot('readme-phone');
  await together(world);
} finally {
  await world.close();
}
process.stdout.write('wrote docs/images/chat.png\n');
