import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStoreConformance } from '@magpie/testkit/conformance';
import { createSqliteStore } from '../src/index.ts';

runStoreConformance('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'magpie-store-'));
  const path = join(folder, 'magpie.db');
  let store = await createSqliteStore({ path });
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await createSqliteStore({ path });
      return store;
    },
    teardown: async () => {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
});
