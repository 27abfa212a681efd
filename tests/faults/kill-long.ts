import { killRun } from './kill-run.ts';

/** The long form, by hand: `node --conditions=@magpie/source --import tsx tests/faults/kill-long.ts 200 [root of another copy]`. */
const kills = Number(process.argv[2] ?? 200);
const root = process.argv[3];
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
process.stdout.write(`seed ${seed}\n`);
const result = await killRun({
  kills,
  cuts: 2,
  seed,
  ...(root === undefined ? {} : { root }),
  onProgress: (text) => process.stdout.write(`${text}\n`),
});
process.stdout.write(
  `${result.kills} kills, ${result.sent} sent, ${result.acknowledged} acknowledged, ${result.violations.length} violations\n`,
);
for (const violation of result.violations.slice(0, 20)) process.stdout.write(`  ${violation}\n`);
process.exit(result.violations.length === 0 ? 0 : 1);
