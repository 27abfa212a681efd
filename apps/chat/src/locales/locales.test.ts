import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uiMessages } from '@magpie/ui';
import { expect, test } from 'vitest';
import en from './en.json';
import zh from './zh.json';

type Tree = { readonly [key: string]: string | Tree };

function keys(tree: Tree, before = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) => typeof value === 'string' ? [before + key] : keys(value, `${before}${key}.`)); // prettier-ignore
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(vue|ts)$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [readFileSync(path, 'utf8')] : []; // prettier-ignore
  });
}

test('both languages say the same things, and take no word of the components', () => {
  expect(keys(zh).sort()).toEqual(keys(en).sort());
  const theirs = new Set(Object.keys(uiMessages.en));
  expect(Object.keys(en).filter((key) => theirs.has(key))).toEqual([]);
});

test('every key that is written out is there', () => {
  const all = new Set([...keys(en), ...keys(uiMessages.en)]);
  const used = sources(join(import.meta.dirname, '..')).flatMap((text) => [...text.matchAll(/\bt\(\s*'([\w.]+)'/g)].map((match) => match[1] ?? '')); // prettier-ignore
  expect(used.length).toBeGreaterThan(20);
  expect(used.filter((key) => !all.has(key))).toEqual([]);
});
