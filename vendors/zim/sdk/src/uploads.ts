import type { FileSource, Media } from '@magpie/client';
import type { FileUse } from '@magpie/protocol';
import { ZIMErrorCode } from './enums/error-code.ts';
import { ZIMMessageType } from './enums/message.ts';
import type { Abort } from './abort.ts';
import type { Context } from './context.ts';
import { zimError } from './errors.ts';
import { itemsOf, type AppObject } from './map/content.ts';
import type { CoreBlob } from './map/media.ts';

const USES: Readonly<Record<number, FileUse>> = {
  [ZIMMessageType.Image]: 'image',
  [ZIMMessageType.File]: 'file',
  [ZIMMessageType.Audio]: 'audio',
  [ZIMMessageType.Video]: 'video',
};
/** Seconds the vendor lets a voice message last. */
const MAX_AUDIO = 300;

interface LocalBlob {
  readonly size: number;
  readonly type: string;
  readonly name?: unknown;
}

function isBlob(value: unknown): value is LocalBlob {
  return typeof value === 'object' && value !== null && typeof (value as LocalBlob).size === 'number';
}

/** The local file of a message or item, if it has one to upload. */
export function mediaOf(
  input: AppObject,
): (Media & { readonly source: FileSource; readonly use: FileUse; readonly size: number }) | undefined {
  const use = typeof input.type === 'number' ? USES[input.type] : undefined;
  const file = input.fileLocalPath;
  if (use === undefined || file === undefined || file === null || file === '') return undefined;
  if (!isBlob(file)) throw zimError(ZIMErrorCode.MessageModuleFileNotExist, 'fileLocalPath must be a File');
  if (file.size === 0) throw zimError(ZIMErrorCode.MessageModuleFileSizeInvalid, 'the file is empty');
  if (use === 'audio' && Number(input.audioDuration) > MAX_AUDIO) {
    throw zimError(ZIMErrorCode.MessageModuleFileDurationInvalid, `audio may last ${MAX_AUDIO} seconds`);
  }
  const named = [input.fileName, file.name].find((name) => typeof name === 'string' && name !== '');
  const name = typeof named === 'string' ? named : use;
  return {
    source: { kind: 'blob', blob: file },
    name,
    size: file.size,
    use,
    ...(file.type === '' ? {} : { mime: file.type }),
  };
}

export interface ItemProgress {
  (done: number, total: number, index: number, itemDone: number, itemTotal: number): void;
}

interface Uploaded {
  readonly blobs: readonly (CoreBlob | undefined)[];
  readonly failed: readonly number[];
}

/** Uploads the local files of a Multiple message, one after another. With `partial` those that fail are named instead. */
export async function uploadItems(
  ctx: Context,
  message: AppObject,
  abort: Abort,
  partial: boolean,
  onProgress: ItemProgress,
): Promise<Uploaded> {
  const media = itemsOf(message).map(mediaOf);
  const total = media.reduce((sum, one) => sum + (one?.size ?? 0), 0);
  const blobs: (CoreBlob | undefined)[] = media.map(() => undefined);
  const failed: number[] = [];
  let before = 0;
  for (const [index, one] of media.entries()) {
    if (one === undefined) continue;
    const start = before;
    before += one.size;
    try {
      const stored = await ctx.client.files.upload(one, {
        signal: abort.signal,
        onProgress: (_, sent, size) => onProgress(start + sent, total, index, sent, size),
      });
      blobs[index] = { fileId: stored.fileId, name: stored.name, size: stored.size, mime: stored.mime };
    } catch (thrown) {
      if (!partial || abort.aborted) throw thrown;
      failed.push(index);
    }
  }
  return { blobs, failed };
}
