// Node 20 cannot start a worker from a .ts file: this starts it, from the built code or, in a checkout, through tsx.
import { existsSync } from 'node:fs';

const built = new URL('./writer-thread.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  // Before tsx, whose hooks would look at each of its hundreds of small files: 0.1 s instead of 0.5 s.
  await import('kysely');
  const { register } = await import('tsx/esm/api');
  register();
  await import(new URL('./writer-thread.ts', import.meta.url).href);
}
