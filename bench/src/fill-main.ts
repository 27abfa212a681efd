import { mkdir, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DATABASE, fill } from './fill/fill.ts';
import { count, OptionError } from './options.ts';
import { mebibytes, say } from './report.ts';

/** `npm run bench:fill -- --messages=10000000 --to=<folder>`: a store for `npm run bench -- --only=store --store=<folder>`. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { messages: { type: 'string' }, to: { type: 'string' } } });
  if (values.to === undefined)
    throw new OptionError('--to must name a folder that is empty or does not exist.');
  const folder = resolve(values.to);
  const messages = count('messages', values.messages, 10_000_000);
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) throw new OptionError(`--to: ${folder} is not empty.`);
  const began = performance.now();
  let said = 0;
  await fill(folder, messages, (text) => {
    if (performance.now() - said < 5_000) return;
    said = performance.now();
    say(`${((said - began) / 1000).toFixed(0)} s  ${text}`);
  });
  const { size } = await stat(join(folder, DATABASE));
  say(
    `${messages} messages, ${mebibytes(size)}, in ${((performance.now() - began) / 1000).toFixed(0)} s: ${folder}`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof OptionError ? error.message : error instanceof Error ? error.stack : String(error)}\n`); // prettier-ignore
  process.exitCode = 1;
});
