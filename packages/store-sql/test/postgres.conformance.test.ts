import { runStoreConformance } from '@magpie/testkit/conformance';
import { startPostgres } from '@magpie/testkit/postgres';
import { createPostgresStore } from '../src/index.ts';

runStoreConformance('postgres', async () => {
  const postgres = await startPostgres();
  const url = await postgres.createDatabase();
  let store = await createPostgresStore({ url });
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await createPostgresStore({ url });
      return store;
    },
    teardown: async () => {
      await store.close();
      await postgres.close();
    },
  };
});
