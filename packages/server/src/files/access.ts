import type { AppContext, Domain, FileRow, Sealer, Store } from '@magpie/domain';
import { MagpieError } from '@magpie/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { allowOrigin } from '../rest/cors.ts';
import { sendError } from '../rest/routes.ts';
import type { FileStorage } from './port.ts';

export interface FileDeps {
  readonly domain: Pick<Domain, 'apps' | 'call'>;
  readonly store: Pick<Store, 'files' | 'commit'>;
  readonly storage: FileStorage;
  readonly sealer: Sealer;
}

/** One answer for what is unknown, another app's, unfinished, over or not allowed: an address tells nothing but its file. */
export function notFound(): MagpieError {
  return new MagpieError('FILE_NOT_FOUND');
}

const FILE_ID = /^[0-9A-Za-z]{32}$/;

export async function findFile(
  deps: FileDeps,
  appId: string,
  fileId: string,
): Promise<{ app: AppContext; row: FileRow }> {
  const app = deps.domain.apps.get(appId);
  const row = app && FILE_ID.test(fileId) ? await deps.store.files.get(app.id, fileId) : undefined;
  if (!app || !row) throw notFound();
  return { app, row };
}

/** Answers errors of the table; what else is thrown is the server's own error handler's. */
export async function answering(
  reply: FastifyReply,
  work: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MagpieError && error.code !== 'INTERNAL') return sendError(reply, error);
    throw error;
  }
}

/** By the app's setting; an app that is not there allows what it would by default. */
export function allowFileOrigin(
  deps: FileDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  appId: string,
  preflight = false,
): void {
  const origins = deps.domain.apps.get(appId)?.settings['cors.origins'] ?? ['*'];
  allowOrigin(request, reply, origins, preflight);
  if (preflight) return;
  // A cache that keeps what an `<img>` got hands it to a `fetch` of the same page too.
  if (origins.includes('*')) void reply.header('access-control-allow-origin', '*');
  else void reply.header('vary', 'origin');
}
