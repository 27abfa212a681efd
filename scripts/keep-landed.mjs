// `node scripts/keep-landed.mjs <commit> [name]`: keeps the server and the client of a landed version, built, for the tests of upgrades
// (tests/upgrade, ADR 0039). What comes from npm is left out: it is resolved from this checkout's node_modules.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';
import { root, run } from './lib/run.mjs';

const kept = join(root, 'tests', 'upgrade', 'landed');

function git(...args) {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
}

async function npm(cwd, ...args) {
  const { code, output } = await run('npm', args, { cwd, capture: true });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}:\n${output}`);
}

/** The commit in a folder of its own, built as `npm run build` does it there. */
async function buildCommit(commit, folder) {
  git('clone', '--quiet', '--no-checkout', root, folder);
  git('-C', folder, 'checkout', '--quiet', '--detach', commit);
  await npm(folder, 'ci', '--no-audit', '--no-fund');
  await npm(folder, 'run', 'build', '--', '@magpie/protocol', '@magpie/client', '@magpie/server');
}

/** Everything that the server's bundle needs beside npm's packages; it reads its version from the manifest. */
function serverFiles(folder) {
  const dist = readdirSync(join(folder, 'packages/server/dist'))
    .filter((name) => !name.endsWith('.map'))
    .map((name) => `packages/server/dist/${name}`);
  return [...dist, 'packages/server/package.json'].map((path) => [
    path,
    readFileSync(join(folder, path), 'utf8'),
  ]);
}

/** The built client with the contract it stands on, as one file for Node. */
async function clientFile(folder) {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ['packages/client/dist/index.js'],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['ws', 'valibot'],
    logLevel: 'silent',
  });
  return ['client.js', outputFiles[0].text];
}

/** The packages of npm that these files import, and in which versions they ran. */
function dependencies(files, folder) {
  const names = files
    .filter(([path]) => /\.m?js$/.test(path))
    .flatMap(([, text]) => [...text.matchAll(/^(?:import|export)\b[^;]*?["']([^"'.#/][^"']*)["'];?$/gm)])
    .map(([, specifier]) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'))
    .filter((name) => !name.startsWith('node:') && !builtinModules.includes(name));
  return Object.fromEntries(
    [...new Set(names)].sort().map((name) => {
      const manifest = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8');
      return [name, JSON.parse(manifest).version];
    }),
  );
}

/** The newest migration that the version knows. */
function schemaOf(folder) {
  const numbers = readdirSync(join(folder, 'packages/store-sql/src/migrations')).map((name) =>
    Number(/^m(\d+)-/.exec(name)?.[1] ?? 0),
  );
  return Math.max(...numbers);
}

/** The same files make the same bytes: names in order, no times. */
function pack(files) {
  const text = JSON.stringify(
    Object.fromEntries([...files].sort(([a], [b]) => (a < b ? -1 : 1))),
    undefined,
    1,
  );
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_LGWIN]: 22 } });
}

/** Two versions of one day need two names. */
function refuseAnother(name, commit) {
  const path = join(kept, name, 'manifest.json');
  const held = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).commit : commit;
  if (held !== commit)
    throw new Error(`${name} is kept of ${held}; give this one another name as second argument`);
}

function keep(commit, folder, files, given) {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const landed = git('show', '--no-patch', '--format=%cs', commit);
  const name = given ?? `${version}-${landed}`;
  refuseAnother(name, commit);
  const archive = pack(files);
  const manifest = {
    version,
    landed,
    commit,
    schema: schemaOf(folder),
    dependencies: dependencies(files, folder),
  };
  rmSync(join(kept, name), { recursive: true, force: true });
  mkdirSync(join(kept, name), { recursive: true });
  writeFileSync(join(kept, name, 'bundle.json.br'), archive);
  writeFileSync(join(kept, name, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const bytes = files.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0);
  process.stdout.write(
    `kept tests/upgrade/landed/${name}: ${files.length} files, ${bytes} bytes, packed ${archive.length}\n`,
  );
}

async function main() {
  const [wanted, name] = process.argv.slice(2);
  if (wanted === undefined) throw new Error('which commit? node scripts/keep-landed.mjs <commit>');
  const commit = git('rev-parse', '--verify', `${wanted}^{commit}`);
  const folder = mkdtempSync(join(tmpdir(), 'magpie-landed-'));
  try {
    await buildCommit(commit, folder);
    keep(commit, folder, [...serverFiles(folder), await clientFile(folder)], name);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
