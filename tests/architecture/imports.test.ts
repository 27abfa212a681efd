import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allPackages, nodeInside, rooms, type Package, type Room } from './support/house.ts';
import { allSources, type Import, type Source } from './support/sources.ts';

const packages = allPackages();
const byName = new Map(packages.map((one) => [one.name, one]));
const sources = allSources();

interface Placed {
  readonly source: Source;
  readonly home: Package;
  readonly room: Room;
}

function homeOf(path: string): Package | undefined {
  return packages
    .filter(({ folder }) => folder !== '' && path.startsWith(`${folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
}

function place(source: Source): Placed | undefined {
  const home = homeOf(source.path);
  const room = rooms.find(({ folder }) => home !== undefined && folder.test(home.folder));
  return home === undefined || room === undefined ? undefined : { source, home, room };
}

const housed = sources.map(place).filter((one) => one !== undefined);
/** What runs in production: no tests, no configuration of tools. */
const product = housed.filter(({ source }) => !source.isTest && source.path.includes('/src/'));

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function isBare({ specifier }: Import): boolean {
  return !/^[.#]/.test(specifier) && !specifier.startsWith('node:') && !specifier.startsWith('virtual:');
}

function ours({ specifier }: Import): Package | undefined {
  return byName.get(packageName(specifier));
}

/** `path: what` of every import that the rule objects to. */
function offences(
  placed: readonly Placed[],
  rule: (one: Import, placed: Placed) => string | undefined,
): string[] {
  return placed.flatMap((each) =>
    each.source.imports.flatMap((one) => {
      const what = rule(one, each);
      return what === undefined ? [] : [`${each.source.path}: ${what}`];
    }),
  );
}

describe('imports', () => {
  it('go only the ways of the table', () => {
    const wrong = offences(housed, (one, { source, home, room }) => {
      const target = ours(one);
      if (target === undefined || target === home) return undefined;
      const allowed = source.isTest ? [...room.mayImport, ...(room.testsMayImport ?? [])] : room.mayImport;
      return allowed.some((folder) => folder.test(target.folder))
        ? undefined
        : `must not import ${target.name}`;
    });
    expect(wrong).toEqual([]);
  });

  it('every package has a room', () => {
    const homeless = packages.filter(
      ({ folder }) => folder !== '' && !rooms.some((room) => room.folder.test(folder)),
    );
    expect(homeless.map(({ folder }) => folder)).toEqual([]);
  });

  it('vendors never import each other', () => {
    const wrong = offences(housed, (one, { home }) => {
      const target = ours(one)?.folder ?? '';
      const [from, to] = [home.folder, target].map((folder) => /^vendors\/([^/]+)/.exec(folder)?.[1]);
      return from !== undefined && to !== undefined && from !== to ? `imports ${target}` : undefined;
    });
    expect(wrong).toEqual([]);
  });

  it('facades take only types from the protocol', () => {
    const wrong = offences(product, (one, { room }) => {
      const target = ours(one);
      if (target === undefined || one.typeOnly) return undefined;
      return room.typesOnly?.some((folder) => folder.test(target.folder))
        ? `imports values from ${target.name}`
        : undefined;
    });
    expect(wrong).toEqual([]);
  });

  it('stay inside the package when they are relative', () => {
    const wrong = offences(housed, ({ specifier }, { source, home }) => {
      if (!specifier.startsWith('.')) return undefined;
      const target = posix.join(posix.dirname(source.path), specifier);
      return target.startsWith(`${home.folder}/`) ? undefined : `reaches out to ${target}`;
    });
    expect(wrong).toEqual([]);
  });

  it('of our packages use what those export', () => {
    const wrong = offences(housed, (one) => {
      const target = ours(one);
      if (target === undefined) return undefined;
      const key = `.${one.specifier.slice(target.name.length)}`;
      return target.exportKeys.has(key) ? undefined : `${one.specifier} is not exported`;
    });
    expect(wrong).toEqual([]);
  });

  it("Node's modules and ws stay out of what runs in browsers", () => {
    const wrong = offences(product, ({ specifier }, { source, room }) => {
      if (room.node === true || nodeInside.has(source.path)) return undefined;
      return specifier.startsWith('node:') || packageName(specifier) === 'ws'
        ? `imports ${specifier}`
        : undefined;
    });
    expect(wrong).toEqual([]);
  });

  it('from npm are the ones the room allows', () => {
    const wrong = offences(product, (one, { source, room }) => {
      if (room.npm === undefined || nodeInside.has(source.path) || !isBare(one) || ours(one))
        return undefined;
      const name = packageName(one.specifier);
      return room.npm.includes(name) ? undefined : `imports ${name}`;
    });
    expect(wrong).toEqual([]);
  });

  it('drivers and vendor plug-ins enter the server in compose.ts alone', () => {
    const server = product.filter(({ home }) => home.folder === 'packages/server');
    const wrong = offences(server, (one, { source }) => {
      const target = ours(one)?.folder ?? '';
      if (source.path.endsWith('/src/compose.ts') || one.typeOnly) return undefined;
      return /^packages\/(store-sql|bus-nats)$|^vendors\//.test(target)
        ? `imports ${one.specifier}`
        : undefined;
    });
    expect(wrong).toEqual([]);
  });

  it('were found at all', () => {
    expect(housed.length).toBeGreaterThan(50);
    expect(housed.reduce((sum, { source }) => sum + source.imports.length, 0)).toBeGreaterThan(200);
  });
});
