export { runBusConformance, type BusUnderTest } from './bus.ts';
export { runStoreConformance, type StoreUnderTest } from './store.ts';
