import { listFiles, read } from './sources.ts';

export interface Room {
  /** Matches the folder of the package. */
  readonly folder: RegExp;
  /** Packages of ours that its sources may import, as folders. */
  readonly mayImport: readonly RegExp[];
  /** Of those, the ones it may take only types from. */
  readonly typesOnly?: readonly RegExp[];
  /** Packages of ours that its tests may import besides. */
  readonly testsMayImport?: readonly RegExp[];
  /** Runs on Node only; everything else runs in browsers and mini-programs too. */
  readonly node?: boolean;
  /** The only packages from npm that its sources may import; absent: those in its package.json. */
  readonly npm?: readonly string[];
}

const protocol = /^packages\/protocol$/;
const credentials = /^packages\/credentials$/;
const domain = /^packages\/domain$/;
const drivers = /^packages\/(store-sql|bus-nats)$/;
const server = /^packages\/server$/;
const client = /^packages\/client$/;
const ui = /^packages\/ui$/;
const testkit = /^packages\/testkit$/;
const sdk = /^vendors\/[^/]+\/sdk$/;
const vendorServer = /^vendors\/[^/]+\/server$/;

/** Which way imports go. The picture stands in ARCHITECTURE.md; this table is what is asserted. */
export const rooms: readonly Room[] = [
  { folder: protocol, mayImport: [], npm: ['valibot'] },
  { folder: credentials, mayImport: [protocol], node: true },
  { folder: domain, mayImport: [protocol], testsMayImport: [testkit], npm: ['valibot'] },
  { folder: drivers, mayImport: [protocol, domain], testsMayImport: [testkit], node: true },
  {
    folder: server,
    mayImport: [protocol, credentials, domain, drivers, vendorServer],
    testsMayImport: [testkit, client],
    node: true,
  },
  { folder: testkit, mayImport: [protocol, credentials, domain, drivers, server, client], node: true },
  { folder: client, mayImport: [protocol], testsMayImport: [testkit], npm: ['valibot'] },
  { folder: ui, mayImport: [client, protocol] },
  { folder: sdk, mayImport: [client, protocol], typesOnly: [protocol], testsMayImport: [testkit], npm: [] },
  {
    folder: vendorServer,
    mayImport: [protocol, credentials, domain],
    testsMayImport: [testkit],
    node: true,
    npm: ['fastify', 'valibot'],
  },
  { folder: /^apps\/[^/]+$/, mayImport: [ui, client, protocol] },
  { folder: /^bench$/, mayImport: [protocol, credentials, server, client, testkit], node: true },
  { folder: /^examples\/[^/]+$/, mayImport: [sdk, client], node: true },
];

/** Files that may do what their room may not. */
export const nodeInside = new Set(['packages/client/src/platform/node.ts']);

export interface Package {
  readonly folder: string;
  readonly name: string;
  readonly isPrivate: boolean;
  /** Source files that the exports name: the package's entries. */
  readonly entries: ReadonlySet<string>;
  readonly exportKeys: ReadonlySet<string>;
  /** Everything it says it needs: name to kind. */
  readonly dependencies: ReadonlyMap<string, 'run' | 'dev'>;
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Record<string, unknown>;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

function leaves(tree: unknown): string[] {
  if (typeof tree === 'string') return [tree];
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.values(tree).flatMap(leaves);
}

function toPackage(path: string): Package {
  const folder = path === 'package.json' ? '' : path.slice(0, -'/package.json'.length);
  const manifest = JSON.parse(read(path)) as Manifest;
  const exported = manifest.exports ?? {};
  const run = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
  return {
    folder,
    name: manifest.name,
    isPrivate: manifest.private === true,
    entries: new Set(leaves(exported).map((leaf) => `${folder}/${leaf.replace('./', '')}`)),
    exportKeys: new Set(Object.keys(exported)),
    dependencies: new Map([
      ...Object.keys(manifest.devDependencies ?? {}).map((name) => [name, 'dev'] as const),
      ...Object.keys(run).map((name) => [name, 'run'] as const),
    ]),
  };
}

/** Every package.json of the repository, the root's (folder '') first. */
export function allPackages(): Package[] {
  return listFiles('package.json', '*/package.json')
    .filter((path) => !path.includes('node_modules/'))
    .map(toPackage)
    .sort((a, b) => (a.folder < b.folder ? -1 : 1));
}
