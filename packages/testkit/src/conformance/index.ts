export { runStoreConformance, type StoreUnderTest } from './store.ts';
