import { checkInput, type Ctx, type Domain } from '@magpie/domain';
import { decodeJson, LIMITS, MagpieError, OPERATIONS } from '@magpie/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestWatch } from '../metrics/watch.ts';
import { outputText } from '../operation.ts';
import { callerOf, type CallerDeps } from './caller.ts';
import { allowOrigin } from './cors.ts';

export interface RestOptions extends CallerDeps {
  readonly domain: Domain;
  readonly watch: RequestWatch;
}

/** `POST /v1/<operation>`: one generic path for every operation of the contract. */
export function restRoutes(http: FastifyInstance, options: RestOptions): void {
  http.options('/v1/*', async (request, reply) => {
    allowOrigin(request, reply, ['*'], true);
    return reply.code(204).send();
  });

  http.post<{ Params: { operation: string } }>(
    '/v1/:operation',
    { bodyLimit: LIMITS.frame.maxBytes },
    async (request, reply) => {
      const { operation } = request.params;
      const { watch } = options;
      const tally = watch.operation(operation);
      const began = tally.begin();
      const caller: CallerSlot = { ctx: undefined };
      let failed = false;
      try {
        const run = () => answer(options, request, reply, caller);
        return (await (watch.trace && began > 0 ? watch.trace(tally.name, run) : run())) as FastifyReply;
      } catch (thrown) {
        failed = true;
        const error = MagpieError.from(thrown);
        watch.failed({ tally, ctx: caller.ctx, request: request.id }, error);
        return sendError(reply, error);
      } finally {
        const { ctx } = caller;
        const took = tally.end(began);
        if (took >= watch.tellFrom) watch.tell({ tally, ctx, request: request.id }, took);
        if (ctx !== undefined && ctx.app.id !== '') watch.app(ctx.app.id).add(tally.sends, failed);
      }
    },
  );
}

/** Filled as soon as it is known who calls. */
interface CallerSlot {
  ctx: Ctx | undefined;
}

async function answer(
  options: RestOptions,
  request: FastifyRequest<{ Params: { operation: string } }>,
  reply: FastifyReply,
  caller: CallerSlot,
): Promise<FastifyReply> {
  const { operation } = request.params;
  allowOrigin(request, reply, ['*'], false);
  const definition = OPERATIONS.get(operation);
  if (!definition)
    throw new MagpieError('UNKNOWN_OPERATION', { detail: { operation: operation.slice(0, 64) } });
  const input = typeof request.body === 'string' && request.body !== '' ? decodeJson(request.body) : {};
  const ctx = await callerOf(options, request, operation);
  caller.ctx = ctx;
  if (ctx.app.id !== '') allowOrigin(request, reply, ctx.app.settings['cors.origins'], false);
  const output = await options.domain.run(operation, ctx, checkInput(definition, input));
  return reply
    .type('application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(outputText(output));
}

export function sendError(reply: FastifyReply, error: MagpieError): FastifyReply {
  if (error.retryAfter !== undefined) void reply.header('retry-after', Math.ceil(error.retryAfter / 1000));
  return reply.code(error.status).type('application/json; charset=utf-8').header('cache-control', 'no-store').send(JSON.stringify({ error: error.toShape() })); // prettier-ignore
}
