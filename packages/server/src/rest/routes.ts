import { checkInput, type Domain } from '@magpie/domain';
import { decodeJson, LIMITS, MagpieError, OPERATIONS } from '@magpie/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { outputText } from '../operation.ts';
import { callerOf, type CallerDeps } from './caller.ts';
import { allowOrigin } from './cors.ts';

export interface RestOptions extends CallerDeps {
  readonly domain: Domain;
  readonly ready: () => boolean;
  readonly onError: (error: MagpieError, operation: string) => void;
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
      try {
        return await answer(options, request, reply, operation);
      } catch (thrown) {
        const error = MagpieError.from(thrown);
        options.onError(error, operation);
        return sendError(reply, error);
      }
    },
  );
}

async function answer(
  options: RestOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  operation: string,
): Promise<FastifyReply> {
  allowOrigin(request, reply, ['*'], false);
  const definition = OPERATIONS.get(operation);
  if (!definition)
    throw new MagpieError('UNKNOWN_OPERATION', { detail: { operation: operation.slice(0, 64) } });
  if (!options.ready()) throw new MagpieError('DRAINING');
  const input = typeof request.body === 'string' && request.body !== '' ? decodeJson(request.body) : {};
  const ctx = await callerOf(options, request, operation);
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
