import { Readable } from 'node:stream';
import type { Ctx } from '@magpie/domain';
import { MagpieError, type FileUse, type StoredFile } from '@magpie/protocol';
import type { FileDeps } from './access.ts';
import { mimeOf, useFor } from './kinds.ts';

const SNIFF = 4_100;

export interface DirectUpload {
  readonly stream: Readable;
  readonly name: string;
  /** `auto`: by the content. */
  readonly use: FileUse | 'auto';
  /** Bytes to come, or an upper bound of them, where known. */
  readonly size?: number;
  readonly mime?: string;
  /** Kept with the file and told to nobody: what a vendor's download path asks for. */
  readonly guard?: { readonly shareSecret: string; readonly restricted: boolean };
}

/**
 * Grant, bytes and finish in one, for parts of this process that take uploads on paths of their own. Throws what `file.grant`
 * and `file.finish` throw. A stream that is refused is left unread: it is the caller's to drain or destroy.
 */
export async function storeUpload(deps: FileDeps, ctx: Ctx, upload: DirectUpload): Promise<StoredFile> {
  const { stream } = upload;
  // It may break while the grant is being made, when nobody else listens.
  stream.on('error', () => undefined);
  try {
    return await store(deps, ctx, upload, await opened(upload));
  } catch (error) {
    if (!stream.errored || error instanceof MagpieError) throw error;
    throw new MagpieError('BAD_REQUEST', { message: 'The body ends too early.', cause: error });
  }
}

async function store(
  deps: FileDeps,
  ctx: Ctx,
  upload: DirectUpload,
  { source, use }: Opened,
): Promise<StoredFile> {
  const max = ctx.app.settings[`limits.file.${use}Bytes`];
  const size = Math.min(upload.size ?? max, max);
  const name = upload.name.toWellFormed().slice(0, 255).toWellFormed() || 'file';
  const mime = upload.mime === undefined ? {} : { mime: upload.mime.slice(0, 127) };
  const grant = await deps.domain.call('file.grant', ctx, { name, size, use, ...mime });
  const key = { app: ctx.app.id, id: grant.fileId };
  try {
    const received = await deps.storage.receive(key, { source, max });
    // What was granted was a bound; from here on the file has the size it has.
    await deps.store.commit([{ op: 'file.set', app: key.app, id: key.id, set: { size: received } }]);
    const { file } = await deps.domain.call('file.finish', ctx, { fileId: grant.fileId });
    if (upload.guard) await guard(deps, key, upload.guard);
    return file;
  } catch (error) {
    await deps.storage.remove(key);
    throw error;
  }
}

async function guard(
  deps: FileDeps,
  key: { app: string; id: string },
  secrets: NonNullable<DirectUpload['guard']>,
): Promise<void> {
  const row = await deps.store.files.get(key.app, key.id);
  if (!row) throw new MagpieError('FILE_NOT_FOUND');
  const meta = JSON.stringify({ ...(JSON.parse(row.meta) as object), ...secrets });
  await deps.store.commit([{ op: 'file.set', app: key.app, id: key.id, set: { meta } }]);
}

interface Opened {
  readonly source: Readable;
  readonly use: FileUse;
}

/** Looks at the first bytes where nobody said what the file is for; nothing of the stream is lost by it. */
async function opened({ stream, use }: DirectUpload): Promise<Opened> {
  if (use !== 'auto') return { source: stream, use };
  const rest = stream.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  const head: Buffer[] = [];
  for (let length = 0; length < SNIFF;) {
    const next = await rest.next();
    if (next.done === true) break;
    head.push(next.value);
    length += next.value.length;
  }
  const source = Readable.from(joined(head, rest), { objectMode: false });
  return { source, use: useFor(await mimeOf(Buffer.concat(head))) };
}

async function* joined(head: readonly Buffer[], rest: AsyncIterableIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* head;
  yield* rest;
}
