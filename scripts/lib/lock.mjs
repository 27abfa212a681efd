// What package-lock.json must hold: every platform's entry, no host names, and only licences that may be shipped.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

const allowed = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
  'Zlib',
]);

/** Allowed although the licence is not in the list. */
const exceptions = [
  {
    name: /^@img\/sharp-/,
    licence: /LGPL-3\.0-or-later/,
    why: 'libvips, a shared library of its own that an operator can replace; sharp links to it at run time',
  },
  { name: /^lightningcss(-|$)/, licence: /^MPL-2\.0$/, why: 'used by the bundler, never shipped' },
];

function readLock() {
  return JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
}

/** Where node would find `name` from the package at `key`, as a key of the lock. */
function resolve(packages, key, name) {
  for (let folder = key; ;) {
    const candidate = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[candidate] !== undefined) return candidate;
    if (folder === '') return undefined;
    const cut = folder.lastIndexOf('/node_modules/');
    folder = cut < 0 ? '' : folder.slice(0, cut);
  }
}

/** npm leaves out platforms its registry did not have; `npm ci` then fails everywhere, and macOS and Windows first. */
function missingPlatforms(packages) {
  return Object.entries(packages).flatMap(([key, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name, version]) => /^\d/.test(version) && resolve(packages, key, name) === undefined)
      .map(([name, version]) => `package-lock.json: ${key} needs an entry for ${name}@${version}`),
  );
}

function hostNames(packages) {
  return Object.entries(packages)
    .filter(([, entry]) => /^https?:/.test(entry.resolved ?? ''))
    .map(
      ([key]) =>
        `package-lock.json: ${key} names a download host; keep omit-lockfile-registry-resolved and lock again`,
    );
}

/** @returns {string[]} problems */
export function checkLock(packages = readLock()) {
  return [...missingPlatforms(packages), ...hostNames(packages)];
}

/** `MIT OR GPL-3.0-or-later` may be taken as MIT; `MIT AND Zlib` needs both. */
export function isAllowed(licence) {
  const text = licence.replace(/[()]/g, '');
  if (text.includes(' OR ')) return text.split(' OR ').some(isAllowed);
  return text.split(' AND ').every((part) => allowed.has(part.trim()));
}

/** Everything that is installed with what Magpie publishes or runs: private workspaces count only where they are apps. */
function shipped(packages) {
  const found = new Set();
  const visit = (key) => {
    if (found.has(key)) return;
    found.add(key);
    const entry = packages[key].link ? packages[packages[key].resolved] : packages[key];
    const from = packages[key].link ? packages[key].resolved : key;
    const needs = { ...entry.dependencies, ...entry.optionalDependencies };
    for (const name of Object.keys(needs)) {
      const next = resolve(packages, from, name);
      if (next !== undefined) visit(next);
    }
  };
  for (const [key, entry] of Object.entries(packages)) {
    if (
      entry.link &&
      /^(packages|vendors|apps)\//.test(entry.resolved) &&
      !entry.resolved.endsWith('/testkit')
    )
      visit(key);
  }
  return [...found].filter((key) => !packages[key].link);
}

/** @returns {string[]} problems */
export function checkLicences(packages = readLock()) {
  return shipped(packages).flatMap((key) => {
    const name = key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const licence = packages[key].license ?? 'none given';
    if (isAllowed(licence) || exceptions.some((e) => e.name.test(name) && e.licence.test(licence))) return [];
    return [
      `${name}@${packages[key].version}: licence "${licence}" is not in the list of scripts/lib/lock.mjs`,
    ];
  });
}
