import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32, deflateSync } from 'node:zlib';
import type { FileProcessor } from '@magpie/domain';
import type { FileUse } from '@magpie/protocol';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jpegQuality, type PictureFacts } from './pictures.ts';
import type { FilePart, FileStorage } from './port.ts';
import { createFileProcessor } from './processor.ts';
import { createSlots } from './slots.ts';
import { createDiskStorage } from './storage.ts';
import { failure } from './test-support.ts';

let folder: string;
let storage: FileStorage;
let processor: FileProcessor;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'magpie-processor-'));
  storage = await createDiskStorage(folder);
  processor = createFileProcessor(storage);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Outcome = Awaited<ReturnType<FileProcessor['finish']>> & {
  readonly facts: PictureFacts;
  part(part: FilePart): Promise<Buffer>;
};

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
const refused = async (bytes: Uint8Array, use: FileUse, name?: string) =>
  (await failure(finish(bytes, use, name))).code;

/** Red on the left, blue on the right. */
function twoTone(width: number, height: number): sharp.Sharp {
  const right = { input: { create: { width: width - Math.floor(width / 2), height, channels: 3 as const, background: '#00f' } }, left: Math.floor(width / 2), top: 0 }; // prettier-ignore
  return sharp({ create: { width, height, channels: 3, background: '#f00' } }).composite([right]);
}
const PLACE = { IFD0: { Make: 'Camera', Copyright: 'somebody' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100', GPSLongitudeRef: 'E', GPSLongitude: '0/1 7/1 4366/100' } }; // prettier-ignore
const camera = (image: sharp.Sharp, orientation: number) =>
  image.withExif(PLACE).withMetadata({ orientation });
const pixel = async (bytes: Buffer, left: number, top: number) => [...(await sharp(bytes).extract({ left, top, width: 1, height: 1 }).removeAlpha().raw().toBuffer())]; // prettier-ignore
const isRed = ([r = 0, , b = 0]: number[]) => r > 200 && b < 60;
const isBlue = ([r = 0, , b = 0]: number[]) => b > 200 && r < 60;
function frames(count_: number, width: number, height: number): sharp.Sharp {
  const data = Buffer.alloc(width * height * 3 * count_);
  for (let frame = 0; frame < count_; frame++)
    data.fill(frame * 60, frame * width * height * 3, (frame + 1) * width * height * 3);
  return sharp(data, { raw: { width, height: height * count_, channels: 3, pageHeight: height } });
}

describe('a photograph', () => {
  it('is turned, loses its place, keeps colours and quality, and gets renditions', async () => {
    // Stored lying, to be seen standing: what is on the left comes to the top.
    const taken = await camera(twoTone(1600, 1000), 6)
      .jpeg({ quality: 88, chromaSubsampling: '4:4:4' })
      .toBuffer();
    expect((await sharp(taken).metadata()).exif?.includes('Camera')).toBe(true);
    const photo = await finish(taken, 'image', 'photo.jpg');
    expect(photo.mime).toBe('image/jpeg');
    expect(photo.facts).toMatchObject({ width: 1000, height: 1600, format: 'jpeg', large: { width: 720, height: 1152 }, thumb: { width: 198, height: 317 } }); // prettier-ignore
    expect(photo.meta).not.toHaveProperty('animated');
    const original = await photo.part('original');
    expect(photo.size).toBe(original.length);
    const metadata = await sharp(original).metadata();
    expect(metadata).toMatchObject({ width: 1000, height: 1600, chromaSubsampling: '4:4:4' });
    expect([metadata.exif, metadata.xmp, metadata.iptc, metadata.orientation]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(original.includes('Exif')).toBe(false);
    expect(Math.abs(jpegQuality(original) - 88)).toBeLessThanOrEqual(2);
    for (const [part, shown] of [
      ['large', photo.facts.large],
      ['thumb', photo.facts.thumb],
    ] as const) {
      // prettier-ignore
      const bytes = await photo.part(part);
      expect(await sharp(bytes).metadata()).toMatchObject({
        format: 'jpeg',
        width: shown?.width,
        height: shown?.height,
      });
      expect(shown?.size).toBe(bytes.length);
      expect(
        isRed(await pixel(bytes, 50, 10)) && isBlue(await pixel(bytes, 50, (shown?.height ?? 0) - 10)),
      ).toBe(true);
    }
    expect(isRed(await pixel(original, 500, 100)) && isBlue(await pixel(original, 500, 1500))).toBe(true);
    expect(Buffer.from(photo.facts.placeholder ?? '', 'base64').length).toBeGreaterThan(4);
    expect((photo.facts.placeholder ?? '').length).toBeLessThanOrEqual(64);
    expect(await photo.part('sealed')).toHaveLength(0);
  });

  it('that says nothing is kept byte for byte', async () => {
    const plain = await twoTone(300, 150).jpeg().toBuffer();
    const photo = await finish(plain, 'image');
    expect((await photo.part('original')).equals(plain)).toBe(true);
    expect(photo.size).toBe(plain.length);
  });

  it('keeps its colour profile', async () => {
    const taken = await twoTone(40, 40).withIccProfile('p3').withExifMerge(PLACE).jpeg().toBuffer();
    expect((await sharp(taken).metadata()).hasProfile).toBe(true);
    const metadata = await sharp(await (await finish(taken, 'image')).part('original')).metadata();
    expect([metadata.hasProfile, metadata.exif]).toEqual([true, undefined]);
  });

  it('loses a place that stands behind the picture, or in XMP', async () => {
    const plain = await twoTone(50, 50).jpeg().toBuffer();
    const second = await camera(twoTone(8, 8), 1).jpeg().toBuffer();
    const behind = await finish(Buffer.concat([plain, second]), 'image');
    expect((await behind.part('original')).includes('Exif')).toBe(false);
    const xmp = await twoTone(50, 50).withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>51</exif:GPSLatitude></x:xmpmeta>').jpeg().toBuffer(); // prettier-ignore
    expect(xmp.includes('GPSLatitude')).toBe(true);
    expect((await (await finish(xmp, 'image')).part('original')).includes('GPSLatitude')).toBe(false);
  });

  it.each(['png', 'webp', 'avif'] as const)('as %s loses its place too', async (format) => {
    const taken = await camera(twoTone(64, 32), 6).toFormat(format).toBuffer();
    expect((await sharp(taken).metadata()).exif).toBeDefined();
    const photo = await finish(taken, 'avatar');
    const original = await photo.part('original');
    expect(photo).toMatchObject({
      mime: `image/${format}`,
      meta: { width: 32, height: 64, format },
      size: original.length,
    });
    expect(await sharp(original).metadata()).toMatchObject({ width: 32, height: 64 });
    expect(original.includes('Camera')).toBe(false);
  });
});

describe('other pictures', () => {
  it('with transparency keep it in their renditions', async () => {
    const bytes = await sharp({ create: { width: 900, height: 800, channels: 4, background: { r: 9, g: 200, b: 9, alpha: 0.3 } } }).png().toBuffer(); // prettier-ignore
    const picture = await finish(bytes, 'image');
    expect(picture.facts).toMatchObject({ width: 900, height: 800, format: 'png', large: { width: 810, height: 720 }, thumb: { width: 223, height: 198 } }); // prettier-ignore
    expect(await sharp(await picture.part('thumb')).metadata()).toMatchObject({
      format: 'webp',
      hasAlpha: true,
    });
    expect((await picture.part('original')).equals(bytes)).toBe(true);
  });

  it.each(['gif', 'webp'] as const)('that move (%s) say so, and stay as they are', async (format) => {
    const bytes = await frames(4, 300, 260)
      [format]({ delay: [50, 50, 50, 50] })
      .toBuffer();
    const picture = await finish(bytes, 'image');
    expect(picture.facts).toMatchObject({
      width: 300,
      height: 260,
      format,
      animated: true,
      thumb: { width: 228, height: 198 },
    });
    expect(picture.facts.large).toBeUndefined();
    expect((await picture.part('original')).equals(bytes)).toBe(true);
  });

  it('that move keep moving when their place is taken away', async () => {
    const bytes = await frames(3, 60, 40)
      .withExif(PLACE)
      .webp({ delay: [50, 60, 70] })
      .toBuffer();
    expect((await sharp(bytes).metadata()).exif).toBeDefined();
    const picture = await finish(bytes, 'image');
    const metadata = await sharp(await picture.part('original'), { animated: true }).metadata();
    expect(metadata).toMatchObject({ pages: 3, pageHeight: 40, delay: [50, 60, 70] });
    expect(metadata.exif).toBeUndefined();
  });

  it('that are small serve as their own renditions', async () => {
    const { facts } = await finish(await twoTone(198, 700).png().toBuffer(), 'image');
    expect([facts.large, facts.thumb]).toEqual([undefined, undefined]);
    expect(facts.placeholder).toBeDefined();
    expect((await finish(await twoTone(1, 1).png().toBuffer(), 'image')).facts).toMatchObject({
      width: 1,
      height: 1,
    });
  });

  it('that are very long get renditions that can be written', async () => {
    const bytes = await sharp({ create: { width: 400, height: 40_000, channels: 4, background: '#0f08' } }).png().toBuffer(); // prettier-ignore
    const { facts } = await finish(bytes, 'image');
    expect(facts.thumb).toMatchObject({ width: 160, height: 16_000 });
  });

  it('of ink colours and of grey become readable renditions', async () => {
    const ink = await twoTone(800, 760).toColourspace('cmyk').jpeg().toBuffer();
    expect(await sharp(await (await finish(ink, 'image')).part('large')).metadata()).toMatchObject({
      space: 'srgb',
    });
    const grey = await twoTone(800, 760).toColourspace('b-w').withExif(PLACE).png().toBuffer();
    expect((await finish(grey, 'image')).facts.large).toMatchObject({ width: 758, height: 720 });
  });

  it('as BMP are taken as they are', async () => {
    const bmp = Buffer.alloc(54 + 16);
    bmp.write('BM');
    bmp.writeUInt32LE(40, 14);
    bmp.writeInt32LE(2, 18);
    bmp.writeInt32LE(-2, 22);
    const picture = await finish(bmp, 'image');
    expect(picture).toMatchObject({ mime: 'image/bmp', meta: { width: 2, height: 2, format: 'bmp' } });
    bmp.writeInt32LE(100_000, 18);
    bmp.writeInt32LE(100_000, 22);
    expect(await refused(bmp, 'image')).toBe('TOO_LARGE');
    expect(await refused(Buffer.from('BM is how this text begins, it is no picture'), 'image')).toBe(
      'FILE_TYPE_REFUSED',
    );
  });
});

describe('what is no picture', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  it.each([
    ['a page', '<!doctype html><script>alert(1)</script>'],
    ['an SVG', svg],
    ['an SVG with a prologue', `<?xml version="1.0"?>${svg}`],
    ['a text', 'hello'],
    ['a PDF', '%PDF-1.7\n%âãÏÓ'],
    ['an archive', 'PK\x03\x04'],
    ['nothing', ''],
  ])('is refused: %s named .png', async (_what, content) => {
    for (const use of ['image', 'avatar'] as const)
      expect(await refused(Buffer.from(content, 'latin1'), use, 'x.png')).toBe('FILE_TYPE_REFUSED');
  });

  it('is refused when it only begins like one, or is cut', async () => {
    const noise = Buffer.from(Array.from({ length: 300 * 300 * 3 }, (_, at) => (at * 7919) % 251));
    const jpeg = await sharp(noise, { raw: { width: 300, height: 300, channels: 3 } })
      .jpeg()
      .toBuffer();
    expect(await refused(jpeg.subarray(0, Math.floor(jpeg.length / 2)), 'image')).toBe('FILE_TYPE_REFUSED');
    expect(await refused(Buffer.concat([jpeg.subarray(0, 20), Buffer.from('<script>')]), 'image')).toBe(
      'FILE_TYPE_REFUSED',
    );
    const png = await twoTone(300, 300).png().toBuffer();
    expect(await refused(png.subarray(0, 60), 'image')).toBe('FILE_TYPE_REFUSED');
    expect(await refused(Buffer.from('GIF89a<script>alert(1)</script>'), 'image')).toBe('FILE_TYPE_REFUSED');
    const tiff = await twoTone(30, 30).tiff().toBuffer();
    expect(await refused(tiff, 'image')).toBe('FILE_TYPE_REFUSED');
    const heic = Buffer.concat([
      Buffer.from([0, 0, 0, 24]),
      Buffer.from('ftypheic\0\0\0\0mif1heic'),
      Buffer.alloc(64),
    ]);
    expect(await refused(heic, 'image')).toBe('FILE_TYPE_REFUSED');
  });

  it('is refused when it unfolds into more pixels than allowed, before it is unfolded', async () => {
    const bomb = pngBomb(30_000, 30_000);
    expect(bomb.length).toBeLessThan(20_000);
    const before = process.memoryUsage().rss;
    expect(await failure(finish(bomb, 'image'))).toMatchObject({
      code: 'TOO_LARGE',
      detail: { maxPixels: 50_000_000 },
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  it('is refused when it moves through too many frames', async () => {
    const start = Buffer.from('474946383961010001008000000000ffffff', 'hex');
    const frame = Buffer.from('21f90400010000002c00000000010001000002024401003b', 'hex').subarray(0, -1);
    const gif = (count_: number) => Buffer.concat([start, Buffer.from('ff', 'hex'), ...Array.from({ length: count_ }, () => frame), Buffer.from('3b', 'hex')]); // prettier-ignore
    expect((await finish(gif(3), 'image')).facts).toMatchObject({ width: 1, height: 1, animated: true });
    expect(await refused(gif(2_001), 'image')).toBe('TOO_LARGE');
  });

  it('never makes the processor fall over', async () => {
    const seeds = [await twoTone(40, 30).jpeg().toBuffer(), await twoTone(40, 30).png().toBuffer(), await twoTone(40, 30).webp().toBuffer(), await frames(2, 20, 20).gif().toBuffer()]; // prettier-ignore
    const hurt = fc.tuple(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 20 }),
      fc.nat(),
    );
    await fc.assert(
      fc.asyncProperty(hurt, async ([seed, changes, cut]) => {
        const bytes = Buffer.from(seed);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const part = bytes.subarray(0, bytes.length - (cut % 3 === 0 ? cut % bytes.length : 0));
        const outcome = await finish(part, 'image').then((found) => found.mime.split('/')[0], (error: { code?: string }) => error.code); // prettier-ignore
        expect(['image', 'FILE_TYPE_REFUSED', 'TOO_LARGE']).toContain(outcome);
      }),
      { numRuns: 60 },
    );
  });
});

describe('sound, video and files', () => {
  const ftyp = (brand: string) =>
    Buffer.concat([
      Buffer.from([0, 0, 0, 24]),
      Buffer.from(`ftyp${brand}\0\0\0\0isommp42`),
      Buffer.alloc(64),
    ]);
  const webm = Buffer.from(
    '1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581021853806701ffffffffffffff',
    'hex',
  );
  const wav = Buffer.concat([Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1'), Buffer.alloc(32)]);

  it('are told by their content', async () => {
    expect((await finish(ftyp('isom'), 'video')).mime).toBe('video/mp4');
    expect((await finish(webm, 'video')).mime).toBe('video/webm');
    expect((await finish(Buffer.from('#!AMR\n'.padEnd(40, '\0')), 'audio')).mime).toBe('audio/amr');
    expect((await finish(wav, 'audio')).mime).toBe('audio/wav');
    expect((await finish(ftyp('M4A '), 'audio')).mime).toMatch(/^audio\//);
  });

  it('take a recorder’s container for what it was recorded as', async () => {
    expect((await finish(webm, 'audio')).mime).toBe('audio/webm');
    expect((await finish(ftyp('isom'), 'audio')).mime).toBe('audio/mp4');
  });

  it('are refused where the content is something else', async () => {
    expect(await refused(wav, 'video')).toBe('FILE_TYPE_REFUSED');
    expect(await refused(Buffer.from('hello'), 'audio')).toBe('FILE_TYPE_REFUSED');
    expect(await refused(await twoTone(9, 9).png().toBuffer(), 'video')).toBe('FILE_TYPE_REFUSED');
  });

  it.each([
    ['hello, 世界', 'text/plain'],
    ['<html><script>alert(1)</script>', 'text/plain'],
    ['<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', 'text/plain'],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'text/plain'],
    ['BEGIN:VCARD\nVERSION:3.0\nEND:VCARD', 'text/plain'],
    ['%PDF-1.7\n', 'application/pdf'],
    ['\0\u0001\u0002', 'application/octet-stream'],
    ['CWS\u0009 flash', 'text/plain'],
    ['', 'application/octet-stream'],
  ])('as files may be anything, and nothing active: %j', async (content, mime) => {
    const bytes = Buffer.from(content);
    const file = await finish(bytes, 'file', 'x.html');
    expect(file).toMatchObject({ mime, size: bytes.length, meta: {} });
    expect((await file.part('original')).equals(bytes)).toBe(true);
  });

  it('as files stay byte for byte, pictures too', async () => {
    const photo = await camera(twoTone(500, 400), 6).jpeg().toBuffer();
    const file = await finish(photo, 'file');
    expect(file).toMatchObject({ mime: 'image/jpeg', meta: {} });
    expect((await file.part('original')).equals(photo)).toBe(true);
  });
});

describe('finishing', () => {
  const file = (id: string, size: number) => ({
    app: 'one',
    id: id.repeat(32),
    name: 'x',
    use: 'image' as const,
    size,
    mime: '',
  });

  it('says what is missing', async () => {
    expect(await failure(processor.finish(file('U', 5)))).toMatchObject({
      code: 'FILE_UNFINISHED',
      detail: { received: 0, size: 5 },
    });
    await storage.receive(
      { app: 'one', id: 'U'.repeat(32) },
      { source: Readable.from([Buffer.from('abc')]), max: 5 },
    );
    expect(await failure(processor.finish(file('U', 5)))).toMatchObject({
      code: 'FILE_UNFINISHED',
      detail: { received: 3, size: 5 },
    });
  });

  it('can be asked for again, and twice at once', async () => {
    const photo = await camera(twoTone(500, 400), 6).jpeg().toBuffer();
    const asked = file('F', photo.length);
    await storage.receive(
      { app: 'one', id: asked.id },
      { source: Readable.from([photo]), max: photo.length },
    );
    const [first, second] = await Promise.all([processor.finish(asked), processor.finish(asked)]);
    expect(second).toEqual(first);
    // Renditions are made anew, from the turned original.
    const again = await processor.finish(asked);
    expect(again).toMatchObject({ size: first.size, mime: first.mime, meta: { width: 400, height: 500, thumb: { width: 198, height: 248 } } }); // prettier-ignore
    expect((await storage.stat({ app: 'one', id: asked.id }, 'thumb'))?.size).toBe(
      (again.meta as unknown as PictureFacts).thumb?.size,
    );
  });

  it('removes everything of a file', async () => {
    const photo = await twoTone(500, 400).jpeg().toBuffer();
    const asked = file('R', photo.length);
    const key = { app: 'one', id: asked.id };
    await storage.receive(key, { source: Readable.from([photo]), max: photo.length });
    await processor.finish(asked);
    expect(await storage.stat(key, 'thumb')).toBeDefined();
    await processor.remove('one', asked.id);
    for (const part of ['sealed', 'original', 'large', 'thumb'] as const)
      expect(await storage.stat(key, part)).toBeUndefined();
  });
});

describe('slots', () => {
  it('run so many at once, in order, and turn away past the line', async () => {
    const inSlot = createSlots(2, 3);
    const started: number[] = [];
    const release: (() => void)[] = [];
    const job = (n: number) =>
      inSlot(() => new Promise<number>((resolve) => void (started.push(n), release.push(() => resolve(n)))));
    const jobs = [0, 1, 2, 3, 4].map(job);
    expect(started).toEqual([0, 1]);
    expect(await failure(job(5))).toMatchObject({ code: 'OVERLOADED', retryAfter: 2000 });
    for (let at = 0; at < 5; at++) {
      release[at]?.();
      await jobs[at];
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(started).toEqual([0, 1, 2, 3, 4]);
    expect(await Promise.all(jobs)).toEqual([0, 1, 2, 3, 4]);
    await expect(inSlot(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await inSlot(async () => 'still open')).toBe('still open');
  });
});

/** A PNG of one colour whose pixels take gigabytes; its bytes, a few thousand. */
function pngBomb(width: number, height: number): Buffer {
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
