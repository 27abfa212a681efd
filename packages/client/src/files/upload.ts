import {
  MagpieError,
  type FileUse,
  type Input,
  type OperationName,
  type Output,
  type StoredFile,
} from '@magpie/protocol';
import { backOffDelay } from '../connection/backoff.ts';
import type { FileSource, HttpResponse, Platform } from '../platform/platform.ts';
import type { SendOptions } from '../types.ts';

export interface UploadNeeds {
  readonly platform: Platform;
  readonly server: string;
  readonly request: <N extends OperationName>(op: N, input: Input<N>) => Promise<Output<N>>;
}

export interface UploadJob {
  readonly source: FileSource;
  readonly name: string;
  readonly mime?: string | undefined;
  readonly use: FileUse;
}

/** Above this a file goes in pieces, so that a broken connection costs one piece. */
const WHOLE = 8 * 1024 * 1024;
const PIECE = 4 * 1024 * 1024;
const TRIES = 6;
const CONTENT_MAX_NAME = 255;

/** Asks leave, sends the bytes, and answers what the server found the file to be. */
export async function uploadFile(
  needs: UploadNeeds,
  job: UploadJob,
  options: SendOptions,
): Promise<StoredFile> {
  const size = sizeOf(job.source);
  const mime =
    job.mime ??
    (job.source.kind === 'blob' && job.source.blob.type !== '' ? job.source.blob.type : undefined);
  const name = job.name.slice(-CONTENT_MAX_NAME) || 'file';
  const grant = await needs.request('file.grant', {
    name,
    size,
    use: job.use,
    ...(mime === undefined ? {} : { mime }),
  });
  const url = `${needs.server}${grant.path}`;
  const onProgress = (sent: number): void =>
    options.onProgress?.(size === 0 ? 1 : Math.min(1, sent / size), sent, size);
  const common = { url, source: job.source, name, mime: mime ?? 'application/octet-stream', onProgress, ...(options.signal ? { signal: options.signal } : {}) }; // prettier-ignore
  if (size <= WHOLE) {
    await retrying(needs.platform, options, () => needs.platform.upload(common));
  } else {
    await inPieces(needs.platform, url, size, options, (offset) =>
      needs.platform.upload({
        ...common,
        method: 'PATCH',
        offset,
        length: PIECE,
        headers: { 'upload-offset': String(offset) },
      }),
    );
  }
  const { file } = await needs.request('file.finish', { fileId: grant.fileId });
  return file;
}

/** After a failure the server says how much it has: a piece whose answer was lost is not sent twice. */
async function inPieces(
  platform: Platform,
  url: string,
  size: number,
  options: SendOptions,
  send: (offset: number) => Promise<HttpResponse>,
): Promise<void> {
  let offset = 0;
  while (offset < size) {
    const from = offset;
    let asked = false;
    await retrying(platform, options, async () => {
      if (asked) offset = await offsetOf(platform, url);
      asked = true;
      if (offset !== from) return { status: 204, body: '' };
      const answer = await send(from);
      if (answer.status >= 200 && answer.status < 300) offset = Math.min(size, from + PIECE);
      return answer;
    });
  }
}

async function offsetOf(platform: Platform, url: string): Promise<number> {
  const answer = await platform.http({ url, method: 'HEAD', timeout: 15_000 });
  const offset = Number(answer.headers?.['upload-offset'] ?? Number.NaN);
  if (answer.status >= 300 || !Number.isSafeInteger(offset))
    throw new MagpieError('OFFLINE', { detail: { status: answer.status } });
  return offset;
}

async function retrying(
  platform: Platform,
  options: SendOptions,
  attempt: () => Promise<HttpResponse>,
): Promise<void> {
  for (let tried = 0; ; tried++) {
    try {
      const answer = await attempt();
      if (answer.status >= 200 && answer.status < 300) return;
      throw errorOf(answer);
    } catch (thrown) {
      const error = MagpieError.from(thrown);
      // The server says FILE_UNFINISHED of an upload that broke off or begins elsewhere than it stands.
      const again = error.retryable || error.code === 'FILE_UNFINISHED';
      if (options.signal?.aborted === true || !again || tried + 1 >= TRIES) throw error;
      await new Promise<void>(
        (resolve) => void platform.clock.after(error.retryAfter ?? 300 + backOffDelay(tried, 0.5), resolve),
      );
    }
  }
}

function errorOf(answer: HttpResponse): MagpieError {
  try {
    const { error } = JSON.parse(answer.body) as { error?: Parameters<typeof MagpieError.fromShape>[0] };
    if (error?.code !== undefined) return MagpieError.fromShape(error);
  } catch {
    // A proxy answered; its status is all there is.
  }
  const code = answer.status === 413 ? 'TOO_LARGE' : answer.status === 404 ? 'FILE_NOT_FOUND' : answer.status >= 500 || answer.status === 429 ? 'OFFLINE' : 'BAD_REQUEST'; // prettier-ignore
  return new MagpieError(code, { detail: { status: answer.status } });
}

function sizeOf(source: FileSource): number {
  return source.kind === 'bytes'
    ? source.bytes.length
    : source.kind === 'blob'
      ? source.blob.size
      : source.size;
}
