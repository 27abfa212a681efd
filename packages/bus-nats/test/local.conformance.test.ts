import { createLocalBus, type Bus } from '@magpie/domain';
import { runBusConformance } from '@magpie/testkit/conformance';

/** Here because the domain's own package knows no test kit. Its nodes share one bus, as in tests of several nodes in one process. */
runBusConformance(
  'local',
  async () => {
    const networks = new Map<string, Bus>();
    return {
      node: async (network) => {
        const bus = networks.get(network) ?? createLocalBus({ shared: true });
        networks.set(network, bus);
        return bus;
      },
      teardown: async () => networks.clear(),
    };
  },
  { outages: false },
);
