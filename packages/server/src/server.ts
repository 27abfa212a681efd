import type { AddressInfo } from 'node:net';
import type { MagpieError } from '@magpie/protocol';
import type { Logger } from 'pino';
import { adminTokenOf } from './admin-token.ts';
import { compose, type Composition } from './compose.ts';
import { isLoopback, type ServerConfig } from './config.ts';
import { demoRoutes, ensureDemo } from './demo.ts';
import { fileRoutes } from './files/routes.ts';
import { Gateway } from './gateway/gateway.ts';
import { healthRoutes } from './health.ts';
import { closeHttp, createHttp } from './http.ts';
import { createLog } from './log.ts';
import { CoarseClock } from './metrics/clock.ts';
import { Meter } from './metrics/meter.ts';
import { Metrics } from './metrics/registry.ts';
import { metricsRoute, serveMetrics } from './metrics/routes.ts';
import { StoredSizes } from './metrics/sizes.ts';
import { createWatch } from './metrics/watch.ts';
import { createOutbound } from './outbound/outbound.ts';
import { mountPlugins } from './plugins.ts';
import { restRoutes } from './rest/routes.ts';
import type { Tracing } from './telemetry.ts';
import { VERSION } from './version.ts';
import { webRoutes } from './web.ts';

export interface RunningServer {
  /** `http://host:port` */
  readonly url: string;
  readonly port: number;
  readonly demo: boolean;
  /** Whether the chat page was built and is served. */
  readonly chat: boolean;
  /** Where `/metrics` is answered, if it has an address of its own. */
  readonly metricsUrl: string | undefined;
  readonly composition: Composition;
  /** Drains within the configured time, then closes; nothing acknowledged is lost in either case. */
  close(): Promise<void>;
}

const HOUSEKEEPING = 5 * 60_000;

/** One process: gateway, REST, files, vendors' paths and the chat page on one port. */
export async function startServer(
  config: ServerConfig,
  log: Logger = createLog(config),
): Promise<RunningServer> {
  const clock = new CoarseClock();
  const meter = new Meter(clock, config.metricsApps);
  const tracing = await tracingOf(config, log);
  const observer = {
    committed: meter.committed.bind(meter),
    asked: meter.asked.bind(meter),
    store: tracing?.store,
  };
  const composition = await compose(config, VERSION, (what, error, detail) => log.error({ err: error, ...detail }, what), observer); // prettier-ignore
  const { domain, store, monitor } = composition;
  let stopping = false;
  const draining = () => stopping;
  const watch = createWatch({ meter, log, slow: config.logSlow, onRefused: ({ code }) => monitor.refused(code), trace: tracing?.trace }); // prettier-ignore
  const onInternal = (error: MagpieError, operation: string) => log.error({ err: error.cause ?? error, operation }, 'operation failed'); // prettier-ignore
  const http = createHttp({ config, log, meter, draining });
  const adminToken = await adminTokenOf(config);
  const demo = await demoMode(config, composition);
  if (demo)
    demoRoutes(http, {
      ...composition,
      clock: { now: Date.now },
      open: config.demo === 'on' && !isLoopback(config.host),
    });
  const alone = config.bus === 'local';
  healthRoutes(http, { store, draining, busUp: () => (alone ? undefined : composition.busUp()) });
  restRoutes(http, { domain, adminToken, watch });
  await fileRoutes(http, { domain, store, storage: composition.storage, sealer: composition.sealer });
  await mountPlugins(http, { ...composition, onInternal });
  const chat = await webRoutes(http);
  const gateway = new Gateway({ server: http.server, domain, version: VERSION, trustProxy: config.trustProxy, watch, onClose: (why) => meter.closed(why) }); // prettier-ignore
  const sizes = new StoredSizes({ store: config.store, dataFolder: config.dataFolder, files: store.files, apps: () => domain.apps.all() }); // prettier-ignore
  const metrics = new Metrics({ version: VERSION, domain, store, sizes, meter, gateway, draining, busUp: () => alone || composition.busUp() }); // prettier-ignore
  const own = config.metrics ? await serveMetrics(metrics, config.metrics) : undefined;
  if (!own) metricsRoute(http, metrics, adminToken);
  monitor.start(gateway, (reading) => domain.measured(reading));
  const sweep = setInterval(() => domain.sweep(), 1_000);
  const housekeeping = setInterval(() => void domain.housekeeping().catch((error: unknown) => log.warn({ err: error }, 'housekeeping failed')), HOUSEKEEPING); // prettier-ignore
  await http.listen({ host: config.host, port: config.port });
  const url = urlOf(config.host, http.server.address());
  composition.lock.describe(url);
  log.info({ version: VERSION, url, store: config.store, bus: config.bus }, 'serving');
  const close = async (): Promise<void> => {
    stopping = true;
    const until = performance.now() + config.drain;
    log.info({ connections: gateway.size, within: config.drain }, 'draining');
    await gateway.drain(config.drain);
    // What is left of sockets would keep HTTP from closing.
    gateway.close();
    await closeHttp(http, until);
    clearInterval(sweep);
    clearInterval(housekeeping);
    monitor.close();
    clock.close();
    await own?.close();
    await tracing?.close();
    await composition.close();
    log.info('stopped');
  };
  let closing: Promise<void> | undefined;
  return {
    url,
    port: Number(new URL(url).port),
    demo,
    chat,
    metricsUrl: own && `${urlOf(config.metrics?.host ?? '', own.server.address())}/metrics`,
    composition,
    close: () => (closing ??= close()),
  };
}

/** The operator says where spans go, so that it may be inside; still the one way out, with its bounds. */
async function tracingOf({ traces }: ServerConfig, log: Logger): Promise<Tracing | undefined> {
  if (traces === undefined) return undefined;
  const { createTracing } = await import('./telemetry.ts');
  const outbound = createOutbound({ allow: ['0.0.0.0/0', '::/0'] });
  const tracing = createTracing({ endpoint: traces, version: VERSION, outbound, log });
  return { ...tracing, close: () => tracing.close().finally(() => outbound.close()) };
}

/** The demo app exists while nothing else is configured and only this machine can reach it, or when asked for. */
async function demoMode(config: ServerConfig, { domain }: Composition): Promise<boolean> {
  const others = domain.apps.all().some((app) => app.id !== 'demo');
  const on = config.demo === 'on' || (config.demo === 'auto' && isLoopback(config.host) && !others);
  if (on) await ensureDemo(domain);
  return on;
}

function urlOf(host: string, address: string | AddressInfo | null): string {
  const { port } = address as AddressInfo;
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
