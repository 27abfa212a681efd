// `npm test`: prepares what the layers need, runs them all, and adds them up. `npm test -- <filter>` runs some;
// every argument goes to vitest.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from './lib/browser.mjs';
import { prepareFonts } from './lib/fonts.mjs';
import { onPath } from './lib/path.mjs';
import { root, runNode, tool } from './lib/run.mjs';
import { buildWebApps } from './lib/web-apps.mjs';

const strict = Boolean(process.env.CI) && process.env.CI !== 'false';
const args = process.argv.slice(2);
/** What a person should know of the run: layers left out, programs missing. */
const missing = [];

function say(text) {
  process.stderr.write(`magpie: ${text}\n`);
}

/** Options that take the next argument as their value; everything else without a dash filters files. */
const withValue = new Set([
  '--project',
  '-t',
  '--testNamePattern',
  '--reporter',
  '--bail',
  '--retry',
  '--config',
]);

function fileFilters() {
  return args.filter((arg, i) => !arg.startsWith('-') && !withValue.has(args[i - 1]));
}

function chosenProjects() {
  return args.flatMap((arg, i) => {
    if (arg.startsWith('--project=')) return [arg.slice('--project='.length)];
    return arg === '--project' ? [args[i + 1] ?? ''] : [];
  });
}

function testFiles(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true })
    .map((path) => `${folder}/${String(path).replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.test.ts'));
}

/** Would this run reach the layer? Its preparation is skipped otherwise. */
function reaches(layer) {
  const projects = chosenProjects();
  if (projects.length > 0 && !projects.some((name) => name === layer || name.includes('*'))) return false;
  const filters = fileFilters();
  return testFiles(`tests/${layer}`).some(
    (file) => filters.length === 0 || filters.some((part) => file.includes(part)),
  );
}

/** @returns the vitest arguments and environment of what was found */
async function prepareBrowser() {
  const { path, from } = await findChromium();
  if (path === undefined) {
    missing.push(`tests/e2e left out: ${from}`);
    return { args: ['--exclude', 'tests/e2e/**'], env: {} };
  }
  say(`browser tests use Chromium from ${from}`);
  const fonts = await prepareFonts(say);
  return { args: [], env: { CHROMIUM_PATH: path, ...fonts } };
}

function prepareTracing() {
  const path = process.env.STRACE_PATH || onPath('strace');
  if (path === undefined) say('strace is not on PATH: the power-cut test will be skipped');
  return path === undefined ? {} : { STRACE_PATH: path };
}

/** Debian has it in /usr/sbin, which is on no ordinary user's PATH. */
function prepareNats() {
  const places = [process.env.NATS_SERVER_PATH, onPath('nats-server'), '/usr/sbin/nats-server'];
  const path = places.find((place) => place && existsSync(place));
  if (path === undefined) say('nats-server is not installed: the tests of many nodes will be skipped');
  return path === undefined ? {} : { NATS_SERVER_PATH: path };
}

async function prepare() {
  const found = { args: [], env: {} };
  // The pages are what browsers are driven through, and the server's own tests look at how they are served.
  if (args.length === 0 || reaches('e2e')) await buildWebApps(say);
  if (reaches('e2e')) {
    const browser = await prepareBrowser();
    found.args.push(...browser.args);
    Object.assign(found.env, browser.env);
  }
  Object.assign(found.env, prepareNats());
  if (reaches('faults')) Object.assign(found.env, prepareTracing());
  return found;
}

function readTally(file) {
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8'));
}

function addUp(tally, code) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const [layer, counts] of Object.entries(tally?.layers ?? {})) {
    console.log(
      `  ${layer.padEnd(13)} ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
    );
    for (const key of Object.keys(total)) total[key] += counts[key];
  }
  if (tally === undefined) missing.push('the test run ended before it could report');
  if (tally?.unhandled > 0) missing.push(`${tally.unhandled} errors outside any test`);
  if (code !== 0 && total.failed === 0) total.failed = 1;
  return total;
}

async function main() {
  const { args: extra, env } = await prepare();
  const folder = mkdtempSync(join(tmpdir(), 'magpie-tally-'));
  const tallyFile = join(folder, 'tally.json');
  const reporters = ['--reporter=default', `--reporter=${join(root, 'scripts/lib/tally-reporter.mjs')}`];
  const { code } = await runNode([tool('vitest'), 'run', ...reporters, ...extra, ...args], {
    env: { ...env, MAGPIE_TALLY: tallyFile, NODE_ENV: 'test' },
  });
  const tally = readTally(tallyFile);
  rmSync(folder, { recursive: true, force: true });
  const total = addUp(tally, code);
  // With a filter the rest is skipped by intention.
  const skips =
    args.length === 0 ? [...missing, ...(tally?.skips ?? []).map((name) => `skipped: ${name}`)] : missing;
  for (const line of skips) console.log(`  ${line}`);
  if (strict && skips.length > 0) {
    console.log('  CI is set: what was left out or skipped counts as failed');
    total.failed += skips.length;
  }
  if (total.passed + total.failed === 0) {
    console.log('  no test ran');
    process.exitCode = 1;
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
  if (total.failed > 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
