import { createWorld } from './support/world.ts';
import { openConversation, message, say } from './support/actions.ts';
const world = await createWorld();
try {
  for (let i = 1; i <= 230; i++) await say(world, i % 4 === 0 ? 'alice' : 'bob', i % 4 === 0 ? 'u:bob' : 'u:alice', `No ${i}. ${'words of no weight '.repeat((i * 7) % 11)}`);
  const { page, shoot } = await world.person('alice');
  await openConversation(page, 'u:bob');
  await message(page, 'No 230.').waitFor();
  page.on('console', (m) => console.log(m.text()));
  await page.getByRole('button', { name: '173 new messages' }).click();
  await page.waitForTimeout(1000);
} finally { await world.close(); }
