import { runBusConformance } from '@magpie/testkit/conformance';
import { lacksNats, startNats } from '@magpie/testkit/nats';
import { describe } from 'vitest';
import { createNatsBus } from '../src/index.ts';

describe.skipIf(lacksNats())('on a real nats-server', () => {
  runBusConformance(
    'nats',
    async () => {
      const nats = await startNats();
      return {
        node: (network) => createNatsBus({ url: nats.url, prefix: network }),
        outage: nats,
        teardown: () => nats.close(),
      };
    },
    { outages: true },
  );
});
