import type { FastifyReply, FastifyRequest } from 'fastify';

const HEADERS =
  'authorization, content-type, magpie-app, upload-offset, upload-length, range, restrict-access, thumbnail, share-secret, accept, x-request-id';

/** CORS for bearer-token APIs, uploads and files: never with credentials, there are no cookies. */
export function allowOrigin(
  request: FastifyRequest,
  reply: FastifyReply,
  origins: readonly string[],
  preflight: boolean,
): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  const any = origins.includes('*');
  if (!any && !origins.includes(origin)) {
    void reply.removeHeader('access-control-allow-origin');
    return;
  }
  void reply.header('access-control-allow-origin', any ? '*' : origin).header('vary', 'origin');
  if (!preflight) {
    void reply.header(
      'access-control-expose-headers',
      'upload-offset, retry-after, content-range, accept-ranges, x-request-id',
    );
    return;
  }
  void reply
    .header('access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE')
    .header('access-control-allow-headers', HEADERS)
    .header('access-control-max-age', '86400');
}
