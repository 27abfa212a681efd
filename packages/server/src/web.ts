import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const CHAT = fileURLToPath(new URL('../../../apps/chat/dist/', import.meta.url));

/** `blob:` is for pictures chosen but not yet sent; ws: for a page served from another port while developing is not needed. */
const POLICY = "default-src 'self'; img-src 'self' https: data: blob:; media-src 'self' https: blob:; connect-src 'self' ws: wss:; style-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"; // prettier-ignore

/** The chat page at `/`, if it was built. */
export async function webRoutes(http: FastifyInstance): Promise<boolean> {
  if (!existsSync(`${CHAT}index.html`)) return false;
  await http.register(fastifyStatic, {
    root: CHAT,
    index: false,
    wildcard: false,
    setHeaders: (response, path) => {
      void response.header(
        'cache-control',
        /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
  // The page's own routes are paths below `/chat`.
  for (const path of ['/', '/chat', '/chat/*', '/login']) {
    http.get(path, (_request, reply) => reply.header('content-security-policy', POLICY).header('x-frame-options', 'DENY').sendFile('index.html')); // prettier-ignore
  }
  return true;
}
