import type { FileRow } from '@magpie/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findFile, notFound, type FileDeps } from './access.ts';
import { servedAs } from './kinds.ts';
import type { FilePart, StoredBytes } from './port.ts';
import { rangeOf } from './ranges.ts';
import type { FileSigner } from './signer.ts';

/** ms a reader may stand still. */
const IDLE = 5 * 60_000;
const YEAR_SECONDS = 31_536_000;

export type DownloadRequest = FastifyRequest<{
  Params: { readonly app: string; readonly fileId: string };
  Querystring: { readonly size?: unknown; readonly sig?: unknown };
}>;

/** `GET|HEAD /files/:app/:fileId/<name>?size=large|thumb`: bytes of a finished file. The name is for people and means nothing. */
export async function download(
  deps: FileDeps,
  signer: FileSigner,
  request: DownloadRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { app, row } = await findFile(deps, request.params.app, request.params.fileId);
  if (row.state !== 'finished') throw notFound();
  let cache = `public, max-age=${YEAR_SECONDS}, immutable`;
  if (app.settings['files.signed']) {
    const { sig } = request.query;
    const until = typeof sig === 'string' ? signer.verify(app.id, row.id, sig, Date.now()) : undefined;
    if (until === undefined) throw notFound();
    cache = `private, max-age=${Math.floor((until - Date.now()) / 1000)}, immutable`;
  }
  const { size } = request.query;
  return await sendFile(
    deps,
    row,
    size === 'large' || size === 'thumb' ? size : 'original',
    cache,
    request,
    reply,
  );
}

/** Sends a part of a file, the original where there is no such rendition. Also for the vendors' own download paths. */
export async function sendFile(
  deps: FileDeps,
  row: FileRow,
  wanted: Exclude<FilePart, 'sealed'>,
  cacheControl: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const key = { app: row.app, id: row.id };
  const rendition = wanted === 'original' ? undefined : await deps.storage.stat(key, wanted);
  const part = rendition ? wanted : 'original';
  const bytes = rendition ?? (await deps.storage.stat(key, 'original'));
  if (!bytes) throw notFound();
  const etag = `"${row.id}.${part}"`;
  describe(reply, row, bytes, etag, cacheControl);
  if (matches(request.headers['if-none-match'], etag))
    return reply.code(304).removeHeader('content-type').send();
  const { 'if-range': ifRange, range: asked } = request.headers;
  const range = ifRange === undefined || ifRange === etag ? rangeOf(asked, bytes.size) : 'none';
  if (range === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${bytes.size}`).removeHeader('content-type').send(); // prettier-ignore
  const { start, end } = range === 'none' ? { start: 0, end: bytes.size - 1 } : range;
  if (range !== 'none') void reply.code(206).header('content-range', `bytes ${start}-${end}/${bytes.size}`);
  void reply.header('content-length', end - start + 1);
  if (request.method === 'HEAD') return reply.send();
  const stream = await deps.storage.read(key, part, { start, end });
  if (!stream) throw notFound();
  request.raw.socket.setTimeout(IDLE);
  return await reply.send(stream);
}

/** Whatever the bytes are, a browser that opens the address finds nothing to run. */
function describe(
  reply: FastifyReply,
  row: FileRow,
  { mime }: StoredBytes,
  etag: string,
  cacheControl: string,
): void {
  const { type, inline } = servedAs(mime ?? row.mime);
  void reply.headers({
    'content-type': type,
    'content-disposition': disposition(inline ? 'inline' : 'attachment', row.name),
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'cross-origin',
    'accept-ranges': 'bytes',
    'cache-control': cacheControl,
    etag,
  });
}

/** RFC 6266: a plain name for old readers, the real one in UTF-8 (RFC 5987). */
export function disposition(kind: 'inline' | 'attachment', name: string): string {
  // Marks that turn the reading direction hide what a name ends in.
  const clean = name.toWellFormed().replace(/[\p{Cc}\p{Bidi_Control}/\\]/gu, '_');
  const plain = clean.replace(/[^\x20-\x7e]/g, '_').replace(/["%;]/g, '_');
  const full = encodeURIComponent(clean).replace(
    /['()*!]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${plain}"; filename*=UTF-8''${full}`;
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
}
