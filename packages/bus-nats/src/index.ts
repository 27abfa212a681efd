export { NatsBusError } from './address.ts';
export { createNatsBus, type NatsBusOptions } from './nats-bus.ts';
