import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { uiMessages } from './messages.ts';

type Tree = { readonly [key: string]: string | Tree };

function flat(tree: Tree, before = ''): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [[before + key, value]] : Object.entries(flat(value, `${before}${key}.`))))); // prettier-ignore
}

const en = flat(uiMessages.en);
const zh = flat(uiMessages.zh);

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(vue|ts)$/.test(entry.name) && !entry.name.endsWith('.test.ts')
      ? [readFileSync(path, 'utf8')]
      : [];
  });
}

test('both languages say the same things, with the same names in them', () => {
  expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
  const names = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();
  for (const [key, text] of Object.entries(en)) expect(names(zh[key] ?? ''), key).toEqual(names(text));
});

test('every key that is written out is there', () => {
  const used = sources(join(import.meta.dirname, '..')).flatMap((text) => [...text.matchAll(/\bt\(\s*'([\w.]+)'/g)].map((match) => match[1] ?? '')); // prettier-ignore
  expect(used.length).toBeGreaterThan(80);
  expect(used.filter((key) => !(key in en))).toEqual([]);
});
