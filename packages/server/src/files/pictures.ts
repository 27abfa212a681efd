import { MagpieError } from '@magpie/protocol';
import sharp, { type Metadata, type OutputInfo, type Sharp, type SharpOptions } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { bmpSize } from './kinds.ts';
import type { Rendition, RenditionMime } from './port.ts';

export const MAX_PIXELS = 50_000_000;
/** Of all frames together. */
const MAX_ANIMATED_PIXELS = 4 * MAX_PIXELS;
const MAX_FRAMES = 2_000;
/** A picture is worked on in memory. */
export const MAX_PICTURE_BYTES = 64 * 1024 * 1024;
/** Seconds of work on one picture. */
const PATIENCE = 30;
/** Short sides of what is made; the long side stays below what WebP can hold. */
const SHORT_SIDES: Readonly<Record<Rendition, number>> = { large: 720, thumb: 198 };
const MAX_LONG_SIDE = 16_000;
const HASH_SIDE = 64;

// Other decoders have no business with bytes from strangers, whatever the bytes claim to be.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer', 'VipsForeignLoadNsgifBuffer', 'VipsForeignLoadHeifBuffer'] }); // prettier-ignore
// Pictures come once; two at a time on a thread each (see processor.ts) leave the thread pool room for files.
sharp.cache(false);
sharp.concurrency(1);

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What messages carry of a picture; sizes are those a viewer sees, after turning. */
export interface PictureFacts extends Size {
  readonly format: string;
  readonly animated?: true;
  readonly large?: Size & { readonly size: number };
  readonly thumb?: Size & { readonly size: number };
  /** ThumbHash, base64. */
  readonly placeholder?: string;
}

export interface MadeRendition {
  readonly part: Rendition;
  readonly size: Size;
  readonly bytes: Buffer;
  readonly mime: RenditionMime;
}

export interface ReadPicture {
  readonly mime: string;
  readonly facts: PictureFacts;
  readonly renditions: readonly MadeRendition[];
  /** The original without what it says about its place and camera, turned; absent if it said nothing. */
  readonly cleaned?: Buffer;
}

/** Looks at a picture of a known type. Throws FILE_TYPE_REFUSED if it can't be read whole, TOO_LARGE past the pixel limit. */
export async function readPicture(bytes: Buffer, mime: string): Promise<ReadPicture> {
  if (mime === 'image/bmp') return readBmp(bytes);
  try {
    return await readWithSharp(bytes, mime);
  } catch (error) {
    if (error instanceof MagpieError) throw error;
    if (error instanceof Error && /pixel limit/.test(error.message)) throw tooManyPixels();
    throw unreadable(error);
  }
}

/** No decoder here reads BMP; it holds no place data and is shown as it is. */
function readBmp(bytes: Buffer): ReadPicture {
  const size = bmpSize(bytes);
  if (!size) throw unreadable();
  checkPixels(size, 1);
  return { mime: 'image/bmp', facts: { ...size, format: 'bmp' }, renditions: [] };
}

async function readWithSharp(bytes: Buffer, mime: string): Promise<ReadPicture> {
  const metadata = await open(bytes).metadata();
  const format = metadata.format === 'heif' ? 'avif' : metadata.format;
  // A file that two readers take for two things is none we hand on.
  if (mime !== `image/${format}` && !(mime === 'image/apng' && format === 'png')) throw unreadable();
  const frames = metadata.pages ?? 1;
  checkPixels({ width: metadata.width, height: metadata.pageHeight ?? metadata.height }, frames);
  const size = {
    width: metadata.autoOrient.width,
    height: metadata.pageHeight ?? metadata.autoOrient.height,
  };
  // Cleaning makes a still picture of an animated PNG: no encoder here writes one.
  const dirty = saysMore(metadata, bytes);
  const still = mime === 'image/apng' && dirty;
  const animated = frames > 1 || (mime === 'image/apng' && !still);
  const { renditions, placeholder } = await render(bytes, size, { alpha: metadata.hasAlpha, animated });
  const cleaned = dirty ? await clean(bytes, metadata, format) : undefined;
  const made = renditions.map(
    ({ part, size: shown, bytes: { length } }) => [part, { ...shown, size: length }] as const,
  );
  return {
    mime: still ? 'image/png' : mime,
    facts: {
      ...size,
      format,
      ...(animated ? { animated: true as const } : {}),
      ...Object.fromEntries(made),
      placeholder,
    },
    renditions,
    ...(cleaned ? { cleaned } : {}),
  };
}

function open(bytes: Buffer, options: SharpOptions = {}): Sharp {
  return sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PIXELS, ...options }).timeout({
    seconds: PATIENCE,
  });
}

function checkPixels({ width, height }: Size, frames: number): void {
  const pixels = width * height;
  if (pixels > MAX_PIXELS || frames > MAX_FRAMES || pixels * frames > MAX_ANIMATED_PIXELS)
    throw tooManyPixels();
}

/** Decodes once, to the largest that is needed; the smaller ones are made from that. */
async function render(
  bytes: Buffer,
  size: Size,
  { alpha, animated }: { alpha: boolean; animated: boolean },
): Promise<{ renditions: MadeRendition[]; placeholder: string }> {
  // The large one of an animation would stand still: the original serves.
  const large = animated ? undefined : shrunk(size, SHORT_SIDES.large);
  const thumb = shrunk(size, SHORT_SIDES.thumb);
  const base = large ?? thumb ?? size;
  const raw = await open(bytes).autoOrient().resize({ ...base, fit: 'fill' }).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true }); // prettier-ignore
  const renditions: MadeRendition[] = [];
  for (const [part, to] of [
    ['large', large],
    ['thumb', thumb],
  ] as const) {
    // prettier-ignore
    if (to) renditions.push({ part, size: to, ...(await encode(fromRaw(raw), to, alpha)) });
  }
  return { renditions, placeholder: await placeholderOf(raw) };
}

async function encode(
  image: Sharp,
  to: Size,
  alpha: boolean,
): Promise<{ bytes: Buffer; mime: RenditionMime }> {
  const resized = image.resize({ ...to, fit: 'fill' });
  return alpha
    ? { bytes: await resized.webp({ quality: 80, effort: 3 }).toBuffer(), mime: 'image/webp' }
    : { bytes: await resized.jpeg({ quality: 80 }).toBuffer(), mime: 'image/jpeg' };
}

interface Raw {
  readonly data: Buffer;
  readonly info: OutputInfo;
}

function fromRaw({ data, info: { width, height, channels } }: Raw): Sharp {
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: MAX_PIXELS }).timeout({
    seconds: PATIENCE,
  });
}

async function placeholderOf(raw: Raw): Promise<string> {
  const small = await fromRaw(raw).resize({ width: HASH_SIDE, height: HASH_SIDE, fit: 'inside', withoutEnlargement: true }).toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true }); // prettier-ignore
  return Buffer.from(rgbaToThumbHash(small.info.width, small.info.height, small.data)).toString('base64');
}

/** Undefined if it fits already: nothing is ever enlarged. */
function shrunk({ width, height }: Size, short: number): Size | undefined {
  if (Math.min(width, height) <= short) return undefined;
  const scale = Math.min(short / Math.min(width, height), MAX_LONG_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

const PROFILES = ['Exif\0\0', 'http://ns.adobe.com/', 'XMP DataXMP', 'Photoshop 3.0\0'];

/** Whether a picture tells more than it shows: place, time, camera, author. Also behind the first picture of a file of several. */
function saysMore(metadata: Metadata, bytes: Buffer): boolean {
  if (metadata.exif || metadata.xmp || metadata.iptc || (metadata.orientation ?? 1) !== 1) return true;
  if (metadata.comments?.some(({ keyword }) => /profile|xml|exif|gps|location/i.test(keyword)) === true)
    return true;
  return PROFILES.some((mark) => bytes.includes(mark, 0, 'latin1'));
}

/** The same picture, turned, in the same format and about the same quality, with its colour profile and nothing else. */
async function clean(bytes: Buffer, metadata: Metadata, format: string): Promise<Buffer> {
  const animated = (metadata.pages ?? 1) > 1;
  const image = open(bytes, animated ? { animated: true, limitInputPixels: MAX_ANIMATED_PIXELS } : {});
  // Frames of an animation stand below each other and can't be turned; no camera makes turned ones.
  const turned = animated ? image : image.autoOrient();
  const wide = metadata.depth === 'ushort' && format === 'png';
  // A profile for inks or greys would be wrong for what is written.
  const coloured =
    metadata.hasProfile && /^(?:srgb|rgb16)$/.test(metadata.space) ? turned.keepIccProfile() : turned;
  switch (format) {
    case 'jpeg':
      return await coloured.jpeg({ quality: jpegQuality(bytes), progressive: metadata.isProgressive, chromaSubsampling: metadata.chromaSubsampling === '4:4:4' ? '4:4:4' : '4:2:0' }).toBuffer(); // prettier-ignore
    case 'png':
      return await (wide ? coloured.toColourspace('rgb16') : coloured).png().toBuffer();
    case 'webp':
      return await coloured
        .webp(isLossless(bytes) ? { lossless: true, effort: 2 } : { quality: 90, effort: 3 })
        .toBuffer();
    case 'gif':
      return await coloured.gif({ effort: 3 }).toBuffer();
    case 'avif':
      return await coloured.avif({ quality: 70, effort: 1, chromaSubsampling: '4:4:4' }).toBuffer();
    default:
      throw unreadable();
  }
}

/** Sum of the standard luminance table, the one quality 50 stands for. */
const STANDARD_TABLE_SUM = 3688;

/** The quality a JPEG was written with, told by its first quantisation table: written again alike, it neither grows nor fades. */
export function jpegQuality(bytes: Uint8Array): number {
  for (let at = 2; at + 69 < bytes.length && bytes[at] === 0xff;) {
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    // Eight-bit tables only; others are rare and fine.
    if (bytes[at + 1] === 0xdb && (bytes[at + 4] ?? 0) < 0x10) {
      const sum = bytes.subarray(at + 5, at + 69).reduce((total, value) => total + value, 0);
      const scale = (sum * 100) / STANDARD_TABLE_SUM;
      const quality = scale > 100 ? 5000 / scale : (200 - scale) / 2;
      return Math.min(97, Math.max(60, Math.round(quality)));
    }
    at += 2 + length;
  }
  return 90;
}

function isLossless(webp: Buffer): boolean {
  return webp.subarray(0, 64 * 1024).includes('VP8L', 0, 'latin1');
}

function tooManyPixels(): MagpieError {
  return new MagpieError('TOO_LARGE', { message: `A picture may have ${MAX_PIXELS / 1_000_000} million pixels.`, detail: { maxPixels: MAX_PIXELS } }); // prettier-ignore
}

function unreadable(cause?: unknown): MagpieError {
  return new MagpieError('FILE_TYPE_REFUSED', { message: 'The picture is damaged, or not of the type it claims to be.', ...(cause === undefined ? {} : { cause }) }); // prettier-ignore
}
