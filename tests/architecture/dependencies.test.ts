import { describe, expect, it } from 'vitest';
import { allPackages } from './support/house.ts';
import { listFiles, read } from './support/sources.ts';

const packages = allPackages();
const names = new Set(packages.map(({ name }) => name));
const decisions = listFiles('docs/adr/*.md').map((path) => ({ path, text: read(path) }));

/** Examples take our packages under the vendors' names, as an application does. */
const ranges = listFiles('package.json', '*/package.json')
  .flatMap((path) => {
    const manifest = JSON.parse(read(path)) as Record<string, Record<string, string> | undefined>;
    const all = { ...manifest['dependencies'], ...manifest['devDependencies'] };
    return Object.entries(all).map(([name, range]) => ({ path, name, range }));
  })
  .filter(({ range }) => !/^(file|npm):/.test(range));

/** Written as code, so that `ws` is not found in every other word. */
function isDecided(name: string): boolean {
  return decisions.some(({ text }) => text.includes(`\`${name}\``));
}

describe('dependencies', () => {
  it('each have a line in a decision', () => {
    const all = packages
      .flatMap(({ dependencies }) => [...dependencies.keys()])
      .filter((name) => !names.has(name));
    expect([...new Set(all)].filter((name) => !isDecided(name)).sort()).toEqual([]);
  });

  it('are pinned to one version', () => {
    const loose = ranges.filter(({ range }) => !/^\d+\.\d+\.\d+/.test(range));
    expect(loose).toEqual([]);
  });

  it('have one version in the whole house', () => {
    const versions = new Map<string, Set<string>>();
    for (const { name, range } of ranges) versions.set(name, (versions.get(name) ?? new Set()).add(range));
    const several = [...versions].filter(([, found]) => found.size > 1);
    expect(several.map(([name, found]) => [name, ...found].join(' '))).toEqual([]);
  });

  it('decisions are numbered once and titled', () => {
    const numbers = decisions.map(({ path }) => /\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]);
    expect(numbers).not.toContain(undefined);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const { path, text } of decisions) {
      expect(text.split('\n')[0], path).toMatch(new RegExp(`^# ${/(\d{4})/.exec(path)?.[1]} · \\S`));
    }
  });
});
