import { createFaultBench, FAULTS } from './cluster-run.ts';

// By hand: `cluster-long.ts [seconds] [part of a fault's name] [root]`: every fault lasts so long (30 s), on other sources if a root is named.
const [seconds = '30', name = '', root] = process.argv.slice(2);
const seed = Date.now() % 2 ** 31;
process.stdout.write(`seed ${seed}\n`);
const bench = await createFaultBench({
  seed,
  seconds: Number(seconds),
  ...(root === undefined ? {} : { root }),
});
let bad = 0;
for (const [what, fault] of Object.entries(FAULTS)) {
  if (!what.includes(name)) continue;
  const began = performance.now();
  const { sent, acknowledged, violations } = await bench.run(fault);
  bad += violations.length;
  process.stdout.write(`${what}: ${sent} sent, ${acknowledged} acknowledged, ${violations.length} violations, ${Math.round((performance.now() - began) / 1000)} s\n`); // prettier-ignore
  for (const one of violations.slice(0, 10)) process.stdout.write(`  ${one}\n`);
}
await bench.close();
process.exitCode = bad === 0 ? 0 : 1;
process.exit();
