// `npm run check`: format, lint, types, unused code, licences, the lock. `npm run check -- types lint` runs some.
// Every step runs whatever the others say; what failed is printed at the end.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkLicences, checkLock } from './lib/lock.mjs';
import { cacheFolder, inSeconds, runNode, tool } from './lib/run.mjs';

const buildInfo = join(cacheFolder, 'types');

function program(...args) {
  return () => runNode(args, { capture: true });
}

/** Type checks remember what they saw in node_modules/.cache: the second run takes a third of the first. */
function types(compiler, project) {
  const info = join(buildInfo, `${project}.tsbuildinfo`);
  return program(
    compiler,
    '-p',
    `tsconfig.${project}.json`,
    '--incremental',
    '--tsBuildInfoFile',
    info,
    '--pretty',
    'false',
  );
}

function facts(find) {
  return () => {
    const problems = find();
    return Promise.resolve({ code: problems.length === 0 ? 0 : 1, output: problems.join('\n'), seconds: 0 });
  };
}

const tsc = tool('typescript', 'tsc');
const vueTsc = tool('vue-tsc');

/** Two lanes, since two cores are what most machines can be counted on for; the longest checks lead. */
const lanes = [
  [
    ['types of node code', types(tsc, 'node')],
    ['types of tests', types(vueTsc, 'tests')],
  ],
  [
    ['types of web code', types(vueTsc, 'web')],
    [
      'format',
      program(
        tool('prettier'),
        '--check',
        '--log-level',
        'warn',
        '--cache',
        '--cache-location',
        join(cacheFolder, 'prettier'),
        '.',
      ),
    ],
    ['lint', program(tool('oxlint'), '--deny-warnings', '-f', 'unix')],
    ['unused code', program(tool('knip'), '--no-progress', '--no-config-hints')],
    ['licences', facts(checkLicences)],
    ['lock', facts(checkLock)],
  ],
];

const wanted = process.argv.slice(2);
const failures = [];

async function step([name, work]) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) return;
  const started = Date.now();
  const { code, output } = await work();
  console.log(
    `${code === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(20)} ${inSeconds((Date.now() - started) / 1000)}`,
  );
  if (code !== 0) failures.push({ name, output });
}

async function lane(steps) {
  for (const each of steps) await step(each);
}

mkdirSync(buildInfo, { recursive: true });
await Promise.all(lanes.map(lane));
for (const { name, output } of failures) console.log(`\n--- ${name}\n${output.trim()}`);
console.log(
  failures.length === 0
    ? '\nall checks passed'
    : `\n${failures.length} checks failed: ${failures.map(({ name }) => name).join(', ')}`,
);
process.exitCode = failures.length === 0 ? 0 : 1;
