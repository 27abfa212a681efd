import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { finish, root } from './support/process.ts';

interface Manifest {
  readonly name: string;
  readonly exports: Record<string, Record<string, string>>;
}

const sdks = readdirSync(join(root, 'vendors'))
  .map((vendor) => `vendors/${vendor}/sdk`)
  .filter((folder) => existsSync(join(root, folder, 'package.json')));
const published = ['packages/protocol', 'packages/credentials', 'packages/client', ...sdks].map((folder) => ({
  folder,
  manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest,
}));

/** Where each SDK puts itself on a page without a bundler. */
const globals: Record<string, string> = {
  '@magpie/tim': 'TIM',
  '@magpie/zim': 'ZIM',
  '@magpie/webim': 'WebIM',
};

/** Plain node: no TypeScript, no `@magpie/source`. */
function evaluate(code: string): Promise<string> {
  return finish(process.execPath, ['--input-type=module', '-e', code]);
}

describe('npm run build', () => {
  beforeAll(async () => {
    await finish('npm', ['run', 'build']);
  });

  for (const { folder, manifest } of published) {
    it(`${manifest.name} loads in plain node by every entry`, async () => {
      for (const key of Object.keys(manifest.exports)) {
        const specifier = `${manifest.name}${key.slice(1)}`;
        const code = `console.log(JSON.stringify(Object.keys(await import('${specifier}'))), import.meta.resolve('${specifier}'))`;
        const output = await evaluate(code);
        expect(JSON.parse(output.slice(0, output.indexOf(']') + 1)), specifier).not.toEqual([]);
        expect(output).toContain('/dist/');
      }
    });

    it(`${manifest.name} has the types that its exports promise`, () => {
      for (const { types } of Object.values(manifest.exports)) {
        expect(existsSync(join(root, folder, types ?? 'no types')), types).toBe(true);
      }
    });

    it(`${manifest.name} is packed as registries and bundlers expect`, async () => {
      const { messages, pkg } = await publint({ pkgDir: join(root, folder), strict: true });
      const serious = messages.filter(({ type }) => type !== 'suggestion');
      expect(serious.map((message) => formatMessage(message, pkg))).toEqual([]);
    });
  }

  for (const { folder, manifest } of published.filter(({ manifest: { name } }) => name in globals)) {
    it(`${manifest.name} has a file that a browser loads by itself`, async () => {
      const text = readFileSync(join(root, folder, 'dist/browser.js'), 'utf8');
      expect(text).not.toMatch(/\bfrom\s*["'][^."']|\bimport\s*["']|\brequire\(/);
      const script = JSON.stringify(join(root, folder, 'dist/browser.global.js'));
      const code = `import vm from 'node:vm'; import fs from 'node:fs';
        const page = vm.createContext({ console, setTimeout, clearTimeout, TextEncoder, TextDecoder, URL });
        vm.runInContext(fs.readFileSync(${script}, 'utf8'), page);
        console.log(typeof vm.runInContext('${globals[manifest.name]}', page));`;
      expect((await evaluate(code)).trim()).toMatch(/^(function|object)$/);
    });
  }
});
