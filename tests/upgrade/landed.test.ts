import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { allLanded } from './support/landed.ts';

/** `5.12.8` → `5`, `0.28.18` → `0.28`: within it a package promises to stay what it was. */
function line(version: string): string {
  return /^(?:0\.\d+|[1-9]\d*)/.exec(version)?.[0] ?? version;
}

const load = createRequire(import.meta.url);

/** Of the package as the kept servers find it, from where they are unpacked. */
function installed(name: string): string {
  const [folder = ''] = (load.resolve.paths(name) ?? []).filter((path) => exists(`${path}/${name}`));
  return (load(`${folder}/${name}/package.json`) as { version: string }).version;
}

function exists(folder: string): boolean {
  try {
    return load.resolve(`${folder}/package.json`) !== '';
  } catch {
    return false;
  }
}

describe('landed versions', () => {
  it('one is kept at least', () => {
    expect(allLanded().length).toBeGreaterThan(0);
  });

  it.each(allLanded())('$name runs on packages of the lines it was built with', ({ dependencies }) => {
    const wanted = Object.entries(dependencies).map(([name, version]) => `${name} ${line(version)}`);
    expect(Object.keys(dependencies).map((name) => `${name} ${line(installed(name))}`)).toEqual(wanted);
  });
});
