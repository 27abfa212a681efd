import { createHash, timingSafeEqual } from 'node:crypto';
import { MagpieError } from '@magpie/protocol';
import Fastify, { type FastifyInstance } from 'fastify';
import { bearer } from '../rest/caller.ts';
import { sendError } from '../rest/routes.ts';
import { fromThisMachine } from '../demo.ts';
import type { Metrics } from './registry.ts';

/** `/metrics` beside everything else: for this machine, or with the operator's token. */
export function metricsRoute(http: FastifyInstance, metrics: Metrics, adminToken: string): void {
  http.get('/metrics', async (request, reply) => {
    const token = bearer(request);
    if (token === undefined ? !fromThisMachine(request) : !equal(token, adminToken))
      return sendError(reply, new MagpieError('FORBIDDEN', { message: 'Metrics are for this machine, or with the admin token as bearer.' })); // prettier-ignore
    return await reply.type(metrics.contentType).header('cache-control', 'no-store').send(await metrics.scrape()); // prettier-ignore
  });
}

/** `/metrics` at an address of its own, for a network that only the operator reaches: no token. */
export async function serveMetrics(
  metrics: Metrics,
  at: { readonly host: string; readonly port: number },
): Promise<FastifyInstance> {
  const http = Fastify({ logger: false, forceCloseConnections: true });
  http.get(
    '/metrics',
    async (_request, reply) => await reply.type(metrics.contentType).send(await metrics.scrape()),
  );
  await http.listen(at);
  return http;
}

function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
