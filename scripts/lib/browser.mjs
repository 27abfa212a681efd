// Finds a Chromium for the browser tests, or unpacks the one that came from npm. Needs no root and no network.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, runNode } from './run.mjs';
import { onPath } from './path.mjs';

const known = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** @returns {Promise<{ path?: string, from: string }>} `path` is missing where there is no browser: `from` says why */
export async function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    return existsSync(named)
      ? { path: named, from: 'CHROMIUM_PATH' }
      : { from: `CHROMIUM_PATH names ${named}, which is not there` };
  }
  const installed =
    onPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome') ??
    known.find(existsSync);
  if (installed) return { path: installed, from: installed };
  return unpacked();
}

async function unpacked() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { from: 'no Chromium or Chrome on PATH; install one or set CHROMIUM_PATH' };
  }
  const folder = join(cacheFolder, 'chromium');
  const launcher = join(folder, 'launch.sh');
  if (existsSync(launcher) && starts(launcher)) return { path: launcher, from: 'npm (@sparticuz/chromium)' };
  const error = await unpack(folder, launcher);
  return error === undefined
    ? { path: launcher, from: 'npm (@sparticuz/chromium), unpacked just now' }
    : { from: error };
}

/** The package unpacks into the temporary folder of its process; ours is moved into place when it is whole. */
async function unpack(folder, launcher) {
  rmSync(folder, { recursive: true, force: true });
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  const code = `const { default: c } = await import('@sparticuz/chromium'); await c.executablePath();`;
  // Its name for "bring the system libraries too": a machine without a desktop has none of them.
  const env = { TMPDIR: fresh, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' };
  const result = await runNode(['--input-type=module', '-e', code], { env, capture: true });
  if (result.code !== 0) return `@sparticuz/chromium could not be unpacked: ${result.output.trim()}`;
  renameSync(fresh, folder);
  // First with the libraries of the machine; those that came along may be older than what the machine expects.
  for (const libraries of ['', join(folder, 'al2023', 'lib')]) {
    writeFileSync(launcher, launchScript(join(folder, 'chromium'), libraries));
    chmodSync(launcher, 0o755);
    if (starts(launcher)) return undefined;
  }
  return `the Chromium of @sparticuz/chromium does not start here: ${complaint(launcher)}`;
}

function launchScript(program, libraries) {
  const path = libraries === '' ? '' : `LD_LIBRARY_PATH='${libraries}' `;
  return `#!/bin/sh\n${path}exec '${program}' "$@"\n`;
}

/** Asking for the version loads every library it needs, and takes a tenth of a second. */
function launch(program) {
  return spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 20_000 });
}

function starts(program) {
  return launch(program).status === 0;
}

function complaint(program) {
  const { stderr, error } = launch(program);
  return (error?.message ?? stderr ?? '').trim().split('\n').slice(0, 3).join(' ');
}
