import type { FileProcessor } from '@magpie/domain';
import { MagpieError } from '@magpie/protocol';
import { fit, HEAD_BYTES, mimeOf } from './kinds.ts';
import { MAX_PICTURE_BYTES, readPicture } from './pictures.ts';
import type { ByteRange, FileKey, FilePart, FileStorage } from './port.ts';
import { createSlots } from './slots.ts';

/** Two looks at once, as many as a small machine has cores; a long line says come again. */
const AT_ONCE = 2;
const LINE = 256;

type Upload = Parameters<FileProcessor['finish']>[0];
type Finished = Awaited<ReturnType<FileProcessor['finish']>>;

/**
 * Looks at uploads. Safe to repeat: a finish whose answer was lost, or which the store could not write down, is done again on
 * the bytes that are there; two at once share one run.
 */
export function createFileProcessor(storage: FileStorage): FileProcessor {
  const inSlot = createSlots(AT_ONCE, LINE);
  const running = new Map<string, Promise<Finished>>();
  return {
    finish: (file) => {
      const name = `${file.app}/${file.id}`;
      let run = running.get(name);
      if (!run) {
        run = inSlot(() => finish(storage, file)).finally(() => running.delete(name));
        running.set(name, run);
      }
      return run;
    },
    remove: (app, id) => storage.remove({ app, id }),
    removeApp: (app) => storage.removeApp(app),
  };
}

async function finish(storage: FileStorage, file: Upload): Promise<Finished> {
  const key: FileKey = { app: file.app, id: file.id };
  const received = await storage.seal(key, file.size);
  if (received !== undefined && received !== file.size) throw unfinished(received, file.size);
  const part: FilePart = received === undefined ? 'original' : 'sealed';
  const there = await storage.stat(key, part);
  if (!there) throw unfinished(0, file.size);
  const mime = fit(await mimeOf(await bytesOf(storage, key, part, { start: 0, end: Math.min(there.size, HEAD_BYTES) - 1 })), file.use); // prettier-ignore
  if (file.use !== 'image' && file.use !== 'avatar') {
    await storage.keep(key);
    return { size: there.size, mime, meta: {} };
  }
  if (there.size > MAX_PICTURE_BYTES)
    throw new MagpieError('TOO_LARGE', { detail: { maxBytes: MAX_PICTURE_BYTES } });
  const picture = await readPicture(await bytesOf(storage, key, part), mime);
  for (const made of picture.renditions) await storage.writeRendition(key, made.part, made.bytes, made.mime);
  await storage.keep(key, picture.cleaned);
  return { size: picture.cleaned?.length ?? there.size, mime: picture.mime, meta: { ...picture.facts } };
}

function unfinished(received: number, size: number): MagpieError {
  return new MagpieError('FILE_UNFINISHED', { message: `The upload has ${received} of the ${size} bytes it was granted for.`, detail: { received, size } }); // prettier-ignore
}

async function bytesOf(
  storage: FileStorage,
  key: FileKey,
  part: FilePart,
  range?: ByteRange,
): Promise<Buffer> {
  const stream = await storage.read(key, part, range);
  if (!stream) throw new MagpieError('FILE_NOT_FOUND');
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
