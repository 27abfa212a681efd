import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { allPackages } from './support/house.ts';
import { allSources, listFiles, read, root } from './support/sources.ts';

const sources = allSources();
const entries = new Set(allPackages().flatMap(({ entries: paths }) => [...paths]));

/** Longest a file may be without a reason. About 300 is the aim. */
const longest = 400;
const mayBeLong: Readonly<Record<string, string>> = {
  'vendors/zim/sdk/src/index.ts': 'the list of what the vendor exports',
  'vendors/zim/sdk/src/types/api.ts': "declarations of the vendor's methods, no code",
  'vendors/zim/sdk/src/types/results.ts': "declarations of the vendor's result shapes, no code",
  'tests/compat/stories/webim.test.ts': 'one story, told in order',
};

/** Default exports that someone else's interface demands. */
const mayExportDefault = [
  /\.config\.ts$/,
  // Vue's own form of a component.
  /\.vue$/,
];

describe('files', () => {
  it(`have at most ${longest} lines, or a reason`, () => {
    const long = sources.filter(({ lines, path }) => lines > longest && !(path in mayBeLong));
    expect(long.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  it('that may be long still are', () => {
    const lines = new Map(sources.map((source) => [source.path, source.lines]));
    const stale = Object.keys(mayBeLong).filter((path) => (lines.get(path) ?? 0) <= longest);
    expect(stale).toEqual([]);
  });

  it('have no default export, but where a vendor or a tool wants one', () => {
    const wrong = sources.filter(
      ({ path, hasDefaultExport }) =>
        hasDefaultExport &&
        !mayExportDefault.some((pattern) => pattern.test(path)) &&
        !(path.startsWith('vendors/') && entries.has(path)),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('are no barrels, but for the entries of a package', () => {
    const wrong = sources.filter(({ path, onlyReExports }) => onlyReExports && !entries.has(path));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('have kebab-case names', () => {
    const wrong = sources.filter(({ path }) => {
      const name = path.slice(path.lastIndexOf('/') + 1);
      // Components are named as their tags are.
      return name.endsWith('.vue')
        ? !/^[A-Z][A-Za-z0-9]*\.vue$|^[a-z0-9-]+\.vue$/.test(name)
        : !/^[a-z0-9.-]+$/.test(name);
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('are all checked for types', () => {
    const checked = new Set(
      ['node', 'tests', 'web'].flatMap((name) => {
        const path = join(root, `tsconfig.${name}.json`);
        const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { config: unknown };
        return ts.parseJsonConfigFileContent(config, ts.sys, root).fileNames;
      }),
    );
    const missing = sources.filter(({ path }) => path.endsWith('.ts') && !checked.has(join(root, path)));
    expect(missing.map(({ path }) => path)).toEqual([]);
  });

  it('of tests switch nothing off', () => {
    const off = /\b(?:it|test|describe)(?:\.\w+)*\.(?:only|skip|todo|fails)\b/;
    const wrong = listFiles('*.test.ts').filter(
      (path) => path !== 'tests/architecture/files.test.ts' && off.test(read(path)),
    );
    expect(wrong).toEqual([]);
  });

  it('silence no checker without saying why', () => {
    const marks = /@ts-(?:ignore|nocheck)|(?:oxlint|eslint)-disable(?!.*--\s*\w)|@ts-expect-error\s*$/m;
    const wrong = sources.filter(
      ({ path }) => path !== 'tests/architecture/files.test.ts' && marks.test(read(path)),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});
