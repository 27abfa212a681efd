import { lacksNats } from '@magpie/testkit/nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFaultBench, FAULTS, type FaultBench } from './cluster-run.ts';

/** Three real servers, a real PostgreSQL and a real nats-server, and users who write all the time. */
describe.skipIf(lacksNats())('nothing acknowledged is lost, doubled or out of order when', () => {
  const seed = Date.now() % 2 ** 31;
  let bench: FaultBench;
  beforeAll(async () => {
    bench = await createFaultBench({ seed });
  }, 120_000);
  afterAll(() => bench.close());

  it.each(Object.entries(FAULTS))(
    '%s',
    async (_name, fault) => {
      const result = await bench.run(fault);
      expect(result.violations, `seed ${seed}`).toEqual([]);
      expect(result.acknowledged).toBe(result.sent);
    },
    180_000,
  );
});
