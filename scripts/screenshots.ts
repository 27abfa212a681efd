import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createWorld } from '../tests/e2e/support/world.ts';

/** Makes the picture of the READMEs from the running app: `npm run screenshots`. */
const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url));

mkdirSync(FOLDER, { recursive: true });
const world = await createWorld();
const { server } = world;
let count = 0;

async function say(user: string, ref: string, content: Record<string, unknown> | string): Promise<void> {
  const body = typeof content === 'string' ? { type: 'text', text: content } : content;
  await server.admin('message.send', { ref, clientId: `shot:${count++}`, content: body }, { user });
}

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="960" height="600"><defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#1e2a5a"/><stop offset=".55" stop-color="#c0587e"/><stop offset="1" stop-color="#f6b26b"/></linearGradient></defs><rect width="960" height="600" fill="url(#g)"/><circle cx="690" cy="330" r="74" fill="#ffe9c4"/><path d="M0 430 L220 330 L400 420 L600 300 L960 440 V600 H0Z" fill="#2a2350"/><path d="M0 500 Q480 380 960 500 L960 600 L0 600Z" fill="#171433"/></svg>'; // prettier-ignore

/** A picture to send, drawn by the browser. */
async function picture(user: string): Promise<string> {
  const page = await world.browser.newPage({ viewport: { width: 960, height: 600 } });
  await page.setContent(`<body style="margin:0">${SVG}</body>`);
  const bytes = await page.screenshot({ type: 'jpeg', quality: 88 });
  await page.close();
  const grant = (await server.admin('file.grant', { name: 'bridge.jpg', size: bytes.length, use: 'image' }, { user })) as { path: string; fileId: string }; // prettier-ignore
  await fetch(server.url + grant.path, { method: 'PUT', body: new Uint8Array(bytes) });
  await server.admin('file.finish', { fileId: grant.fileId }, { user });
  return grant.fileId;
}

const { group } = (await server.admin('group.create', { kind: 'work', name: '鹊桥 Launch', members: ['bob', 'carol', 'dave'] }, { user: 'alice' })) as { group: { id: string } }; // prettier-ignore
await say('carol', `g:${group.id}`, 'The TIM app is over: one import changed, tests green 🎉');
await say('dave', 'u:alice', 'Dinner at seven?');
await say('carol', 'u:alice', '好的,明天见');
await say('bob', 'u:alice', 'Morning! Did the move go well?');
await say('alice', 'u:bob', 'Better than I feared. 全部用户都迁移过来了 😊');
await say('alice', 'u:bob', 'Old app, new server — nobody noticed.');
await say('bob', 'u:alice', 'And the ZIM people?');
await say('alice', 'u:bob', 'In the same groups as everybody. That is the point of a bridge.');
await say('bob', 'u:alice', { type: 'image', file: { fileId: await picture('bob') } });
await say('bob', 'u:alice', 'Taken from the office just now');

const alice = await world.person('alice', { width: 1120, height: 700, locale: 'en-US', scale: 1.5 });
await alice.page.getByText('Bob', { exact: true }).first().click();
await alice.page.locator('img[src*="size="], img[src*="/files/"]').first().waitFor();
await alice.page.waitForLoadState('networkidle');
await alice.page.screenshot({ path: `${FOLDER}chat.png` });
await world.close();
process.stdout.write('wrote docs/images/chat.png\n');
