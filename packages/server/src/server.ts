import type { AddressInfo } from 'node:net';
import { LIMITS, MagpieError, type ErrorCode } from '@magpie/protocol';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { pino, type Logger } from 'pino';
import { adminTokenOf } from './admin-token.ts';
import { compose, type Composition } from './compose.ts';
import { isLoopback, type ServerConfig } from './config.ts';
import { demoRoutes, ensureDemo } from './demo.ts';
import { fileRoutes } from './files/routes.ts';
import { Gateway } from './gateway/gateway.ts';
import { mountPlugins } from './plugins.ts';
import { restRoutes, sendError } from './rest/routes.ts';
import { VERSION } from './version.ts';
import { webRoutes } from './web.ts';

export interface RunningServer {
  /** `http://host:port` */
  readonly url: string;
  readonly port: number;
  readonly demo: boolean;
  /** Whether the chat page was built and is served. */
  readonly chat: boolean;
  readonly composition: Composition;
  /** Drains, then closes; nothing acknowledged is lost in either case. */
  close(): Promise<void>;
}

const HOUSEKEEPING = 5 * 60_000;
const SPREAD = 5_000;

/** One process: gateway, REST, files, vendors' paths and the chat page on one port. */
export async function startServer(
  config: ServerConfig,
  log: Logger = pino({ level: config.logLevel }),
): Promise<RunningServer> {
  const composition = await compose(config, VERSION, (what, error, detail) => log.error({ err: error, ...detail }, what)); // prettier-ignore
  const { domain, store } = composition;
  let draining = false;
  const ready = () => !draining;
  const onInternal = (error: MagpieError, operation: string) => log.error({ err: error.cause ?? error, operation }, 'operation failed'); // prettier-ignore
  const onError = (error: MagpieError, operation: string) => {
    if (error.code === 'INTERNAL') onInternal(error, operation);
    else composition.monitor.refused(error.code);
  };
  const http = createHttp(config, onInternal);
  const demo = await demoMode(config, composition);
  if (demo)
    demoRoutes(http, {
      ...composition,
      clock: { now: Date.now },
      open: config.demo === 'on' && !isLoopback(config.host),
    });
  healthRoutes(http, () => (draining ? { ok: false, reason: 'draining' } : store.health()));
  restRoutes(http, { domain, adminToken: await adminTokenOf(config), ready, onError });
  await fileRoutes(http, { domain, store, storage: composition.storage, sealer: composition.sealer });
  await mountPlugins(http, { ...composition, onInternal });
  const chat = await webRoutes(http);
  const gateway = new Gateway({
    server: http.server,
    domain,
    version: VERSION,
    trustProxy: config.trustProxy,
    onError,
  });
  composition.monitor.start(gateway, (reading) => domain.measured(reading));
  const sweep = setInterval(() => domain.sweep(), 1_000);
  const housekeeping = setInterval(() => void domain.housekeeping().catch((error: unknown) => log.warn({ err: error }, 'housekeeping failed')), HOUSEKEEPING); // prettier-ignore
  await http.listen({ host: config.host, port: config.port });
  const { port } = http.server.address() as AddressInfo;
  const url = `http://${urlHost(config.host)}:${port}`;
  composition.lock.describe(url);
  return {
    url,
    port,
    demo,
    chat,
    composition,
    close: async () => {
      draining = true;
      clearInterval(sweep);
      clearInterval(housekeeping);
      await gateway.drain(SPREAD);
      gateway.close();
      composition.monitor.close();
      http.server.closeAllConnections();
      await http.close();
      await composition.close();
    },
  };
}

type OnInternal = (error: MagpieError, operation: string) => void;

/** What fastify refused by itself: bad requests, bodies too large; anything else is ours. */
function codeOf(thrown: unknown): ErrorCode {
  const status = thrown instanceof Error && 'statusCode' in thrown ? Number(thrown.statusCode) : 500;
  if (status === 413) return 'TOO_LARGE';
  return status >= 400 && status < 500 ? 'BAD_REQUEST' : 'INTERNAL';
}

function createHttp(config: ServerConfig, onInternal: OnInternal): FastifyInstance {
  const http = Fastify({ logger: false, trustProxy: config.trustProxy, bodyLimit: LIMITS.frame.maxBytes, requestTimeout: 0, forceCloseConnections: true, frameworkErrors: (error, _request, reply) => void sendError(reply as FastifyReply, new MagpieError(codeOf(error), { cause: error })), routerOptions: { maxParamLength: 512 } }); // prettier-ignore
  // JSON is decoded by the contract's own bounded step.
  http.removeAllContentTypeParsers();
  http.addContentTypeParser(
    ['application/json', 'text/plain'],
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  http.addHook('onSend', async (_request, reply) => {
    void reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'same-origin');
  });
  http.setNotFoundHandler((_request, reply) => sendError(reply, new MagpieError('UNKNOWN_OPERATION', { message: 'There is nothing at this address.' }))); // prettier-ignore
  const answerError = (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const error = thrown instanceof MagpieError ? thrown : new MagpieError(codeOf(thrown), { cause: thrown });
    if (error.code === 'INTERNAL') onInternal(error, `${request.method} ${request.routeOptions.url ?? ''}`);
    return sendError(reply, error);
  };
  http.setErrorHandler(answerError);
  return http;
}

function healthRoutes(http: FastifyInstance, health: () => { ok: boolean; reason?: string }): void {
  http.get('/healthz', async () => ({ ok: true }));
  http.get('/readyz', async (_request, reply) => {
    const state = health();
    return reply.code(state.ok ? 200 : 503).send(state);
  });
}

/** The demo app exists while nothing else is configured and only this machine can reach it, or when asked for. */
async function demoMode(config: ServerConfig, { domain }: Composition): Promise<boolean> {
  const others = domain.apps.all().some((app) => app.id !== 'demo');
  const on = config.demo === 'on' || (config.demo === 'auto' && isLoopback(config.host) && !others);
  if (on) await ensureDemo(domain);
  return on;
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
