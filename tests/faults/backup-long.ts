import { backupRun } from './backup-run.ts';

/** By hand, several times or on another copy: `node --conditions=@magpie/source --import tsx tests/faults/backup-long.ts 5 [root of another copy]`. */
const times = Number(process.argv[2] ?? 5);
const root = process.argv[3];
let bad = 0;
for (let i = 1; i <= times; i++) {
  const { restored, wentOn, ...counts } = await backupRun(root === undefined ? {} : { root });
  bad += restored.length + wentOn.length;
  process.stdout.write(
    `${i}: ${JSON.stringify(counts)}, ${restored.length} and ${wentOn.length} violations\n`,
  );
  for (const violation of [...restored, ...wentOn].slice(0, 10)) process.stdout.write(`  ${violation}\n`);
}
process.exit(bad === 0 ? 0 : 1);
