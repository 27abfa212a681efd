import fastifyMultipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import { allowFileOrigin, answering, type FileDeps } from './access.ts';
import { download, type DownloadRequest } from './download.ts';
import { createFileSigner } from './signer.ts';
import {
  uploadForm,
  uploadPiece,
  uploadState,
  uploadWhole,
  type UploadParams,
  type UploadRequest,
} from './upload.ts';

type UploadRoute = { Params: UploadParams };
type DownloadRoute = { Params: DownloadRequest['params']; Querystring: DownloadRequest['query'] };

const UPLOAD = '/files/upload/:app/:fileId/:key';
const DOWNLOAD = '/files/:app/:fileId/*';
/** Each route bounds its own body. */
const bodyLimit = Number.MAX_SAFE_INTEGER;

/** Uploads and downloads below `/files`. In a scope of their own: nowhere else are bodies anything but JSON. */
export async function fileRoutes(http: FastifyInstance, deps: FileDeps): Promise<void> {
  const signer = await createFileSigner(deps.storage, deps.sealer);
  await http.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // Bodies stay on the socket until the handler takes them.
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    await scope.register(fastifyMultipart, { throwFileSizeLimit: false });
    scope.addHook('onRequest', async ({ method, raw }) => {
      // Of raw bytes the content tells the type; one that can't be read must not cost the upload.
      if (method === 'PUT' || method === 'PATCH') raw.headers['content-type'] = 'application/octet-stream';
    });
    uploadRoutes(scope, deps);
    scope.route<DownloadRoute>({
      method: ['GET', 'HEAD'],
      url: DOWNLOAD,
      handler: async (request, reply) => {
        allowFileOrigin(deps, request, reply, request.params.app);
        return await answering(reply, () => download(deps, signer, request, reply));
      },
    });
    for (const url of [UPLOAD, DOWNLOAD]) {
      scope.options<{ Params: { app: string } }>(url, async (request, reply) => {
        allowFileOrigin(deps, request, reply, request.params.app, true);
        return reply.code(204).send();
      });
    }
  });
}

function uploadRoutes(scope: FastifyInstance, deps: FileDeps): void {
  const handlers = { HEAD: uploadState, PUT: uploadWhole, PATCH: uploadPiece, POST: uploadForm };
  for (const [method, handler] of Object.entries(handlers)) {
    scope.route<UploadRoute>({
      method,
      url: UPLOAD,
      bodyLimit,
      handler: async (request: UploadRequest, reply) => {
        allowFileOrigin(deps, request, reply, request.params.app);
        return await answering(reply, () => handler(deps, request, reply));
      },
    });
  }
}
