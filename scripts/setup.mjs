// Runs before `npm start`, `npm test`, `npm run dev` and `npm run check`: a fresh clone needs no other command.
// Only Node's own modules here, and only old syntax: it must be able to say that Node is too old.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.magpie-lock');
const wanted = { major: 20, minor: 19 };

function say(text) {
  process.stderr.write(`magpie: ${text}\n`);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > wanted.major || (major === wanted.major && minor >= wanted.minor)) return;
  say(`Node ${wanted.major}.${wanted.minor} or newer is needed, this is ${process.versions.node}.`);
  process.exit(1);
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/** npm writes what it installed into a lock of its own; an install someone else made by hand counts too. */
function installedAsLocked() {
  const written = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(written)) return false;
  const installed = JSON.parse(readFileSync(written, 'utf8')).packages;
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(locked).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true;
    const there = installed[path];
    // An optional package may be for another platform.
    if (!there) return Boolean(entry.optional);
    return there.version === entry.version;
  });
}

function npm(args) {
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] };
  const own = process.env.npm_execpath;
  const result =
    own && own.endsWith('.js')
      ? spawnSync(process.execPath, [own, ...args], options)
      : viaPath(args, options);
  if (result.error) say(`npm could not be started: ${result.error.message}`);
  return result.status === null ? 1 : result.status;
}

function viaPath(args, options) {
  const windows = process.platform === 'win32';
  return spawnSync(windows ? 'npm.cmd' : 'npm', args, { ...options, shell: windows });
}

function install() {
  say('installing the packages of package-lock.json into node_modules (a minute or two, once) ...');
  const started = Date.now();
  // Development packages too, also under NODE_ENV=production: the sources are what runs.
  const code = npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0) {
    say('the packages could not be installed; the lines above say why.');
    process.exit(code);
  }
  say(`installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

checkNode();
const hash = lockHash();
const stamped = existsSync(stamp) ? readFileSync(stamp, 'utf8').trim() : '';
if (stamped !== hash) {
  if (!installedAsLocked()) install();
  writeFileSync(stamp, `${hash}\n`);
}
