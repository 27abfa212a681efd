import { MagpieError, type FileUse } from '@magpie/protocol';
import { fileTypeFromBuffer } from 'file-type';

/** Enough for every type that is told by its beginning; more is not read for it. */
export const HEAD_BYTES = 1024 * 1024;
const TEXT_SAMPLE = 64 * 1024;
const UNKNOWN = 'application/octet-stream';

/** Pictures a browser shows. What a decoder here can't read (BMP) is taken as it is. */
export const PICTURES: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/apng', 'image/gif', 'image/webp', 'image/avif', 'image/bmp']); // prettier-ignore

/** Types that may be shown in place. Everything else is handed out to be saved. */
const INLINE: ReadonlySet<string> = new Set([
  ...PICTURES,
  'audio/aac', 'audio/aiff', 'audio/amr', 'audio/flac', 'audio/midi', 'audio/mp4', 'audio/mpeg', 'audio/ogg', 'audio/wav', 'audio/webm', 'audio/x-m4a', 'audio/3gpp',
  'video/3gpp', 'video/3gpp2', 'video/matroska', 'video/mp4', 'video/mpeg', 'video/ogg', 'video/quicktime', 'video/webm', 'video/x-m4v', 'audio/matroska', 'audio/quicktime', 'audio/3gpp2',
]); // prettier-ignore

/** Types in which a browser or one of its plug-ins would run or render something. */
const ACTIVE = /^(?:text\/(?!plain$)|multipart\/|message\/|image\/svg|application\/(?:xml|xhtml|(?:x-)?(?:java|ecma)script|x-shockwave-flash|wasm)|.*\+xml$)/; // prettier-ignore

/**
 * What bytes are, by the bytes alone. Texts are plain text, whatever markup they hold; what a browser would run, and what
 * nobody knows, is `application/octet-stream`.
 */
export async function mimeOf(head: Uint8Array): Promise<string> {
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  const mime = found?.mime.split(';')[0]?.trim().toLowerCase();
  if (mime === undefined || (mime === 'image/bmp' && !bmpSize(head))) return unnamed(head);
  if (!ACTIVE.test(mime)) return mime;
  return isText(head) ? 'text/plain' : UNKNOWN;
}

function unnamed(head: Uint8Array): string {
  // An archive whose directory begins behind the sample.
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4) return 'application/zip';
  return isText(head) ? 'text/plain' : UNKNOWN;
}

/** UTF-8 without control characters that no text has. */
function isText(head: Uint8Array): boolean {
  const sample = head.subarray(0, TEXT_SAMPLE);
  if (sample.length === 0) return false;
  for (const byte of sample) if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b) return false;
  try {
    // `stream`: the sample may end inside a character.
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The type a file of this use is stored with; throws FILE_TYPE_REFUSED when its content does not fit the use. */
export function fit(mime: string, use: FileUse): string {
  const kept = fitting(mime, use);
  if (kept !== undefined) return kept;
  throw new MagpieError('FILE_TYPE_REFUSED', { message: WANTED[use], detail: { use, mime } });
}

const WANTED: Readonly<Record<FileUse, string>> = {
  image:
    'A picture must be JPEG, PNG, GIF, WebP, AVIF or BMP; send anything else as a file, or convert it first.',
  avatar: 'An avatar must be JPEG, PNG, GIF, WebP, AVIF or BMP; convert it first.',
  audio: 'The content is not audio.',
  video: 'The content is not video.',
  file: 'Files of this type are not accepted.',
};

function fitting(mime: string, use: FileUse): string | undefined {
  switch (use) {
    case 'file':
      return mime;
    case 'image':
    case 'avatar':
      return PICTURES.has(mime) ? mime : undefined;
    case 'audio':
      // Recorders put sound into containers that are told by their beginning as video.
      return mime.startsWith('audio/') ? mime : SOUND_CONTAINERS[mime];
    case 'video':
      return mime.startsWith('video/') ? mime : PICTURE_CONTAINERS[mime];
  }
}

const SOUND_CONTAINERS: Readonly<Record<string, string>> = {
  'video/mp4': 'audio/mp4',
  'video/webm': 'audio/webm',
  'video/ogg': 'audio/ogg',
  'application/ogg': 'audio/ogg',
  'video/3gpp': 'audio/3gpp',
  'video/3gpp2': 'audio/3gpp2',
  'video/matroska': 'audio/matroska',
  'video/quicktime': 'audio/quicktime',
  'application/vnd.ms-asf': 'audio/x-ms-asf',
};
const PICTURE_CONTAINERS: Readonly<Record<string, string>> = {
  'application/ogg': 'video/ogg',
  'application/vnd.ms-asf': 'video/x-ms-asf',
  'application/mxf': 'video/mxf',
  'application/vnd.rn-realmedia': 'video/vnd.rn-realvideo',
};

/** What an upload whose sender named no use is taken for. */
export function useFor(mime: string): FileUse {
  if (PICTURES.has(mime)) return 'image';
  if (mime.startsWith('audio/')) return 'audio';
  return mime.startsWith('video/') ? 'video' : 'file';
}

/** How a stored type is served. Rows of other versions are believed no more than uploads. */
export function servedAs(mime: string): { readonly type: string; readonly inline: boolean } {
  if (mime === 'text/plain') return { type: 'text/plain; charset=utf-8', inline: false };
  if (!/^[a-z]+\/[a-z0-9.+-]+$/.test(mime) || ACTIVE.test(mime)) return { type: UNKNOWN, inline: false };
  return { type: mime, inline: INLINE.has(mime) };
}

/** Dimensions by a BMP's own header; undefined if the header is none. */
export function bmpSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  if (bytes.length < 26 || bytes[0] !== 0x42 || bytes[1] !== 0x4d) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = view.getUint32(14, true);
  if (header !== 12 && (header < 16 || header > 256)) return undefined;
  const width = header === 12 ? view.getUint16(18, true) : view.getInt32(18, true);
  // Negative: stored from the top.
  const height = header === 12 ? view.getUint16(20, true) : Math.abs(view.getInt32(22, true));
  return width > 0 && height > 0 ? { width, height } : undefined;
}
