// The workspace packages, read from their package.json files.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

function subfolders(path) {
  const folder = join(root, path);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${path}/${entry.name}`);
}

function expand(pattern) {
  return pattern
    .split('/')
    .reduce((paths, part) => paths.flatMap((path) => step(path, part)), [''])
    .filter((path) => existsSync(join(root, path, 'package.json')));
}

function step(path, part) {
  if (part === '*') return subfolders(path);
  return [path === '' ? part : `${path}/${part}`];
}

/** @returns {{ folder: string, name: string, manifest: any }[]} sorted by folder */
export function workspaces() {
  const { workspaces: patterns } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return [...new Set(patterns.flatMap(expand))].sort().map((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    return { folder, name: manifest.name, manifest };
  });
}

/** The package and every workspace package it needs at run time, itself first. */
export function closure(name, all = workspaces()) {
  const byName = new Map(all.map((workspace) => [workspace.name, workspace]));
  const found = new Map();
  const visit = (current) => {
    const workspace = byName.get(current);
    if (workspace === undefined || found.has(current)) return;
    found.set(current, workspace);
    Object.keys(workspace.manifest.dependencies ?? {}).forEach(visit);
  };
  visit(name);
  return [...found.values()];
}
