import { createHash, timingSafeEqual } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { FileRow } from '@magpie/domain';
import { MagpieError } from '@magpie/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findFile, notFound, type FileDeps } from './access.ts';
import { OffsetMismatch, UploadSuperseded, type FileKey } from './port.ts';

/** As long as `file.grant` says. */
const GRANT_LIFE = 24 * 3_600_000;
/** ms without a byte before an upload is given up. */
const IDLE = 60_000;
/** Bytes of a refused body that are still taken, so that its sender gets to read the answer. */
const DISCARD = 8 * 1024 * 1024;
const FORM_LIMITS = { files: 1, fields: 20, parts: 21, fieldSize: 16 * 1024, headerPairs: 50 };

export interface UploadParams {
  readonly app: string;
  readonly fileId: string;
  readonly key: string;
}
export type UploadRequest = FastifyRequest<{ Params: UploadParams }>;

interface Grant {
  readonly key: FileKey;
  readonly row: FileRow;
  /** Bytes the upload may reach. */
  readonly max: number;
}

/** The upload that the path grants; everything that does not fit is one and the same "not found". */
async function granted(deps: FileDeps, { app: appId, fileId, key }: UploadParams): Promise<Grant> {
  const { app, row } = await findFile(deps, appId, fileId);
  if (!equal(key, row.uploadKey) || row.state !== 'granted' || row.createdAt + GRANT_LIFE < Date.now())
    throw notFound();
  const max = Math.min(row.size, app.settings[`limits.file.${row.use}Bytes`]);
  return { key: { app: app.id, id: row.id }, row, max };
}

/** `HEAD`: where the upload stands. */
export async function uploadState(
  deps: FileDeps,
  request: UploadRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { key, row } = await granted(deps, request.params);
  const offset = await deps.storage.received(key);
  return reply
    .header('upload-offset', offset)
    .header('upload-length', row.size)
    .header('cache-control', 'no-store')
    .send();
}

/** `PUT`: the whole file, from its beginning. */
export async function uploadWhole(
  deps: FileDeps,
  request: UploadRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  return await refusing(request, async () => {
    const grant = await granted(deps, request.params);
    refuseAnnounced(request, grant.max, 0);
    return await take(deps, grant, request, reply, request.raw, undefined);
  });
}

/** `PATCH`: goes on at `upload-offset`. */
export async function uploadPiece(
  deps: FileDeps,
  request: UploadRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  return await refusing(request, async () => {
    const grant = await granted(deps, request.params);
    const said = request.headers['upload-offset'];
    if (typeof said !== 'string' || !/^\d{1,15}$/.test(said)) throw new MagpieError('BAD_REQUEST', { field: 'upload-offset', message: 'Say in upload-offset where the piece begins.' }); // prettier-ignore
    const offset = Number(said);
    refuseAnnounced(request, grant.max, offset);
    return await take(deps, grant, request, reply, request.raw, offset);
  });
}

/** `POST`: a form whose first file is the whole file (mini-programs can do nothing else). */
export async function uploadForm(
  deps: FileDeps,
  request: UploadRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  return await refusing(request, async () => {
    const grant = await granted(deps, request.params);
    if (!request.isMultipart()) throw new MagpieError('BAD_REQUEST', { field: 'content-type', message: 'POST takes multipart/form-data; send raw bytes with PUT.' }); // prettier-ignore
    // One byte more than allowed, so that the storage sees it and refuses.
    const part = await request
      .file({ limits: { ...FORM_LIMITS, fileSize: grant.max + 1 } })
      .catch((error: unknown) => {
        throw new MagpieError('BAD_REQUEST', { message: 'The form can’t be read.', cause: error });
      });
    if (!part) throw new MagpieError('BAD_REQUEST', { message: 'The form holds no file.' });
    return await take(deps, grant, request, reply, part.file, undefined);
  });
}

async function take(
  deps: FileDeps,
  grant: Grant,
  request: UploadRequest,
  reply: FastifyReply,
  source: Readable,
  offset: number | undefined,
): Promise<FastifyReply> {
  const { socket } = request.raw;
  // Without a listener the server ends a socket that falls silent.
  socket.setTimeout(IDLE);
  try {
    const stands = await deps.storage.receive(grant.key, {
      source,
      max: grant.max,
      ...(offset === undefined ? {} : { offset }),
    });
    void reply
      .header('upload-offset', stands)
      .header('cache-control', 'no-store')
      .type('application/json; charset=utf-8');
    return await reply.send(JSON.stringify({ fileId: grant.row.id, offset: stands, size: grant.row.size }));
  } catch (error) {
    if (error instanceof OffsetMismatch) void reply.header('upload-offset', error.offset);
    throw uploadError(error, source, request);
  } finally {
    socket.setTimeout(0);
  }
}

function uploadError(error: unknown, source: Readable, request: UploadRequest): unknown {
  if (error instanceof MagpieError) return error;
  if (error instanceof OffsetMismatch) return new MagpieError('FILE_UNFINISHED', { field: 'upload-offset', message: `The upload stands at ${error.offset}; go on from there.`, detail: { offset: error.offset } }); // prettier-ignore
  const broken = error instanceof UploadSuperseded || source.errored !== null || request.raw.destroyed;
  if (!broken) return error;
  if (request.raw.complete)
    return new MagpieError('BAD_REQUEST', { message: 'The body ends too early.', cause: error });
  return new MagpieError('FILE_UNFINISHED', { message: 'The upload broke off.', cause: error });
}

function refuseAnnounced(request: UploadRequest, max: number, offset: number): void {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (offset + announced > max) throw new MagpieError('TOO_LARGE', { detail: { maxBytes: max } });
}

/** A refused body is drained a little: a socket that is reset under a sender loses the answer too. */
async function refusing<T>(request: UploadRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { raw } = request;
    if (!raw.complete && !raw.destroyed) {
      let left = DISCARD;
      raw.unpipe();
      raw.on('error', () => undefined);
      raw.on('data', (chunk: Buffer) => {
        left -= chunk.length;
        if (left < 0) raw.destroy();
      });
      raw.resume();
    }
    throw error;
  }
}

function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
