import { randomBytes } from 'node:crypto';
import { LIMITS, MagpieError, type ErrorCode } from '@magpie/protocol';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { ServerConfig } from './config.ts';
import type { Meter } from './metrics/meter.ts';
import { sendError } from './rest/routes.ts';

export interface HttpOptions {
  readonly config: ServerConfig;
  readonly log: Logger;
  readonly meter: Meter;
  readonly draining: () => boolean;
}

/** What a proxy or a client may name a request by; anything else gets a name of ours. */
const SANE_ID = /^[\w.:/=+-]{1,64}$/;

/** HTTP without routes: bounds, request ids, errors of the contract's table. */
export function createHttp(options: HttpOptions): FastifyInstance {
  const { config } = options;
  const http = Fastify({ logger: false, genReqId: requestIds(), trustProxy: config.trustProxy, bodyLimit: LIMITS.frame.maxBytes, requestTimeout: 0, forceCloseConnections: 'idle', return503OnClosing: false, frameworkErrors: (error, _request, reply) => void sendError(reply as FastifyReply, new MagpieError(codeOf(error), { cause: error })), routerOptions: { maxParamLength: 512 } }); // prettier-ignore
  // JSON is decoded by the contract's own bounded step.
  http.removeAllContentTypeParsers();
  http.addContentTypeParser(
    ['application/json', 'text/plain'],
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  http.addHook('onSend', async (request, reply) => {
    void reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'same-origin').header('x-request-id', request.id); // prettier-ignore
    // Whoever keeps the connection for its next request should take that one to another node.
    if (options.draining()) void reply.header('connection', 'close');
  });
  http.addHook('onResponse', async (request, reply) => answered(options, request, reply));
  http.setNotFoundHandler((_request, reply) => sendError(reply, new MagpieError('UNKNOWN_OPERATION', { message: 'There is nothing at this address.' }))); // prettier-ignore
  http.setErrorHandler((thrown, request, reply) => {
    const error = thrown instanceof MagpieError ? thrown : new MagpieError(codeOf(thrown), { cause: thrown });
    if (error.code === 'INTERNAL') options.log.error({ err: error.cause ?? error, operation: routeOf(request), request: request.id }, 'operation failed'); // prettier-ignore
    return sendError(reply, error);
  });
  return http;
}

/** Connections get what was asked for on them, and end; at a time, whatever is left is cut. */
export async function closeHttp(http: FastifyInstance, until: number): Promise<void> {
  let closed = false;
  const closing = http.close().finally(() => {
    closed = true;
  });
  // One that becomes idle only now would be kept for its next request.
  while (!closed && performance.now() < until) {
    http.server.closeIdleConnections();
    await Promise.race([closing, new Promise((resolve) => setTimeout(resolve, 20))]);
  }
  http.server.closeAllConnections();
  await closing;
}

function requestIds(): (request: { headers: Record<string, string | string[] | undefined> }) => string {
  const mine = randomBytes(5).toString('hex');
  let next = 0;
  return ({ headers }) => {
    const given = headers['x-request-id'];
    return typeof given === 'string' && SANE_ID.test(given) ? given : `${mine}-${(++next).toString(36)}`;
  };
}

/** The pattern and never the address: upload addresses hold a key. */
function routeOf(request: FastifyRequest): string {
  const url = request.routeOptions.url ?? 'none';
  return `${request.method} ${url.startsWith('/assets/') ? '/assets/*' : url}`;
}

function answered({ meter, log }: HttpOptions, request: FastifyRequest, reply: FastifyReply): void {
  const route = routeOf(request);
  meter.answered(route, reply.statusCode);
  if (log.isLevelEnabled('debug')) log.debug({ route, request: request.id, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'http'); // prettier-ignore
}

/** What fastify refused by itself: bad requests, bodies too large; anything else is ours. */
function codeOf(thrown: unknown): ErrorCode {
  const status = thrown instanceof Error && 'statusCode' in thrown ? Number(thrown.statusCode) : 500;
  if (status === 413) return 'TOO_LARGE';
  return status >= 400 && status < 500 ? 'BAD_REQUEST' : 'INTERNAL';
}
