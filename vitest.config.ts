import vue from '@vitejs/plugin-vue';
import { defaultClientConditions, defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const source = '@magpie/source';

/** Tests always see the workspace's sources, never a build. */
const resolve = { conditions: [source, ...defaultClientConditions] };
const ssr = {
  resolve: {
    conditions: [source, ...defaultServerConditions],
    externalConditions: [source, 'node', 'module-sync'],
  },
};

const second = 1_000;
const built = ['**/node_modules/**', '**/dist/**'];
const conformance = ['packages/*/test/**/*.test.ts', '**/*.conformance.test.ts'];
const vueCode = ['packages/ui/**/*.test.ts', 'apps/**/*.test.ts'];

interface Layer {
  readonly name: string;
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
  /** Longest a single test may take. */
  readonly seconds: number;
  /** Layers with the same number run together; smaller ones first. */
  readonly order: number;
  /** One file at a time: for layers that start processes or measure time. */
  readonly alone?: boolean;
  readonly dom?: boolean;
}

const layers: readonly Layer[] = [
  {
    name: 'unit',
    include: ['{packages,vendors,bench,scripts}/**/*.test.ts'],
    exclude: [...conformance, ...vueCode],
    seconds: 20,
    order: 0,
  },
  { name: 'ui', include: vueCode, exclude: conformance, seconds: 20, order: 0, dom: true },
  { name: 'architecture', include: ['tests/architecture/**/*.test.ts'], seconds: 60, order: 0 },
  { name: 'protocol', include: ['tests/protocol/**/*.test.ts'], seconds: 60, order: 1 },
  { name: 'scenarios', include: ['tests/scenarios/**/*.test.ts'], seconds: 60, order: 1 },
  { name: 'compat', include: ['tests/compat/**/*.test.ts'], seconds: 120, order: 1 },
  { name: 'conformance', include: conformance, seconds: 120, order: 2 },
  { name: 'build', include: ['tests/build/**/*.test.ts'], seconds: 300, order: 3, alone: true },
  { name: 'upgrade', include: ['tests/upgrade/**/*.test.ts'], seconds: 180, order: 4, alone: true },
  { name: 'faults', include: ['tests/faults/**/*.test.ts'], seconds: 600, order: 4, alone: true },
  { name: 'e2e', include: ['tests/e2e/**/*.test.ts'], seconds: 180, order: 5, alone: true },
];

export default defineConfig({
  test: {
    // Two at a time on every machine: the layers start servers and databases, and CI has two cores.
    maxWorkers: 2,
    projects: layers.map((layer) => ({
      plugins: layer.dom === true ? [vue()] : [],
      resolve,
      ssr,
      test: {
        name: layer.name,
        include: [...layer.include],
        exclude: [...built, ...(layer.exclude ?? [])],
        environment: layer.dom === true ? 'happy-dom' : 'node',
        testTimeout: layer.seconds * second,
        hookTimeout: Math.max(60, layer.seconds) * second,
        // Whoever asks until it holds waits for a machine that does much else; a second is its own default.
        expect: { poll: { timeout: 15 * second, interval: 50 } },
        // Worker threads that a test starts resolve the same way.
        execArgv: [`--conditions=${source}`],
        maxWorkers: layer.alone === true ? 1 : 2,
        fileParallelism: layer.alone !== true,
        sequence: { groupOrder: layer.order },
      },
    })),
  },
});
