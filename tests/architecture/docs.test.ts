import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generatedDocs } from '../../scripts/docs.ts';

it.each([...generatedDocs()])('docs/protocol/%s is what `npm run docs` writes', (name, text) => {
  expect(readFileSync(new URL(`../../docs/protocol/${name}`, import.meta.url), 'utf8')).toBe(text);
});
