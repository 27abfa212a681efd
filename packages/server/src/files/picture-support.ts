import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32, deflateSync } from 'node:zlib';
import type { FileProcessor } from '@magpie/domain';
import type { FileUse } from '@magpie/protocol';
import sharp, { type Sharp } from 'sharp';
import type { PictureFacts } from './pictures.ts';
import type { FilePart, FileStorage } from './port.ts';
import { createFileProcessor } from './processor.ts';
import { createDiskStorage } from './storage.ts';
import { failure } from './test-support.ts';

type Outcome = Awaited<ReturnType<FileProcessor['finish']>> & {
  readonly facts: PictureFacts;
  part(part: FilePart): Promise<Buffer>;
};

export interface ProcessorWorld {
  readonly storage: FileStorage;
  readonly processor: FileProcessor;
  /** Uploads and finishes. */
  finish(bytes: Uint8Array, use: FileUse, name?: string): Promise<Outcome>;
  /** The code it is refused with. */
  refused(bytes: Uint8Array, use: FileUse, name?: string): Promise<string>;
  close(): Promise<void>;
}

export async function createProcessorWorld(): Promise<ProcessorWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'magpie-processor-'));
  const storage = await createDiskStorage(folder);
  const processor = createFileProcessor(storage);
  let count = 0;
  async function finish(bytes: Uint8Array, use: FileUse, name = 'x'): Promise<Outcome> {
    const key = { app: 'one', id: String(++count).padStart(32, '0') };
    await storage.receive(key, { source: Readable.from([bytes]), max: bytes.length });
    const found = await processor.finish({ ...key, name, use, size: bytes.length, mime: 'text/html' });
    const part = async (which: FilePart) => {
      const stream = await storage.read(key, which);
      return stream ? await buffer(stream) : Buffer.alloc(0);
    };
    return { ...found, facts: found.meta as unknown as PictureFacts, part };
  }
  return {
    storage,
    processor,
    finish,
    refused: async (bytes, use, name) => (await failure(finish(bytes, use, name))).code,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Red on the left, blue on the right. */
export function twoTone(width: number, height: number): Sharp {
  const right = { input: { create: { width: width - Math.floor(width / 2), height, channels: 3 as const, background: '#00f' } }, left: Math.floor(width / 2), top: 0 }; // prettier-ignore
  return sharp({ create: { width, height, channels: 3, background: '#f00' } }).composite([right]);
}
export const PLACE = { IFD0: { Make: 'Camera', Copyright: 'somebody' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100', GPSLongitudeRef: 'E', GPSLongitude: '0/1 7/1 4366/100' } }; // prettier-ignore
export const camera = (image: Sharp, orientation: number) =>
  image.withExif(PLACE).withMetadata({ orientation });
export const pixel = async (bytes: Buffer, left: number, top: number) => [...(await sharp(bytes).extract({ left, top, width: 1, height: 1 }).removeAlpha().raw().toBuffer())]; // prettier-ignore
export const isRed = ([r = 0, , b = 0]: number[]) => r > 200 && b < 60;
export const isBlue = ([r = 0, , b = 0]: number[]) => b > 200 && r < 60;
export function frames(count_: number, width: number, height: number): Sharp {
  const data = Buffer.alloc(width * height * 3 * count_);
  for (let frame = 0; frame < count_; frame++)
    data.fill(frame * 60, frame * width * height * 3, (frame + 1) * width * height * 3);
  return sharp(data, { raw: { width, height: height * count_, channels: 3, pageHeight: height } });
}

/** A PNG of one colour whose pixels take gigabytes; its bytes, a few thousand. */
export function pngBomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), out.length - 4);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(1_000_000));
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
