import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { camera, createProcessorWorld, frames, isBlue, isRed, pixel, PLACE, pngBomb, twoTone, type ProcessorWorld } from './picture-support.ts'; // prettier-ignore
import { jpegQuality } from './pictures.ts';
import { failure } from './test-support.ts';

let world: ProcessorWorld;
beforeAll(async () => {
  world = await createProcessorWorld();
});
afterAll(() => world.close());
const finish: ProcessorWorld['finish'] = (...upload) => world.finish(...upload);
const refused: ProcessorWorld['refused'] = (...upload) => world.refused(...upload);

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
      .toFormat(format, { delay: [50, 50, 50, 50] })
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
