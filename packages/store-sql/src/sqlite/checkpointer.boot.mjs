// Starts the thread of checkpoints as `writer.boot.mjs` does the writer's.
import { existsSync } from 'node:fs';

const built = new URL('./checkpointer-thread.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  const { register } = await import('tsx/esm/api');
  register();
  await import(new URL('./checkpointer-thread.ts', import.meta.url).href);
}
