import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import type { Bus } from '@magpie/domain';
import { busOutageConformance } from './bus-outage.ts';
import { busTrafficConformance } from './bus-traffic.ts';
import type { BusUnderTest, BusWorld } from './bus-world.ts';

export type { BusUnderTest } from './bus-world.ts';

/** What every bus must do. A driver is finished when this passes on the real thing; `outage` only where others are elsewhere. */
export function runBusConformance(name: string, setup: () => Promise<BusUnderTest>, { outages }: { readonly outages: boolean }): void {
  describe(`${name}: bus conformance`, () => {
    let subject: BusUnderTest | undefined;
    let network = 0;
    const opened: Bus[] = [];
    const world: BusWorld = {
      node: async (other) => {
        if (!subject) throw new Error('the bus is not set up');
        const bus = await subject.node(`test-${network}${other ?? ''}`);
        opened.push(bus);
        return bus;
      },
      outage: () => {
        if (!subject?.outage) throw new Error('this bus has no outages');
        return subject.outage;
      },
    };
    beforeAll(async () => {
      subject = await setup();
    });
    afterEach(async () => {
      network++;
      await Promise.all(opened.splice(0).map((bus) => bus.close()));
    });
    afterAll(() => subject?.teardown());

    describe('traffic', () => busTrafficConformance(world));
    if (outages) describe('outages', () => busOutageConformance(world));
  });
} // prettier-ignore
