import * as v from 'valibot';
import { count, fileId, groupId, opt, text, userId } from './schema.ts';

/** How an entry counts: `content` is drawn everywhere, `record` by some dialects, `hidden` by none (core-model §3.1). */
export type EntryClass = 'content' | 'record' | 'hidden';

const MAX_TEXT = 64 * 1024;
const data = text(MAX_TEXT);
const pixels = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100_000));
const seconds = v.pipe(v.number(), v.minValue(0), v.maxValue(1_000_000));

/**
 * A file inside a message. With `fileId` it is one of ours, and `url` is made by the reader (`filePath`), or signed when the
 * message leaves (`sig`); with `url` alone it is the app's own and is left alone.
 */
export const blob = v.strictObject({
  fileId: opt(fileId),
  url: opt(text(2048)),
  name: opt(text(255)),
  size: opt(count),
  mime: opt(text(127)),
  sig: opt(text(256)),
});
const rendition = v.strictObject({ width: pixels, height: pixels, size: opt(count), url: opt(text(2048)) });

const textContent = v.strictObject({
  type: v.literal('text'),
  text: v.pipe(v.string(), v.maxLength(MAX_TEXT)),
});
const imageContent = v.strictObject({
  type: v.literal('image'),
  file: blob,
  width: opt(pixels),
  height: opt(pixels),
  /** `jpeg`, `png`, `gif`, `webp`, `bmp` … */
  format: opt(text(16)),
  animated: opt(v.boolean()),
  /** ≤ 720 px on the short side; absent: the original serves. `url` only for files that are the app's own. */
  large: opt(rendition),
  /** ≤ 198 px on the short side. */
  thumb: opt(rendition),
  /** ThumbHash, base64. */
  placeholder: opt(text(64)),
});
const audioContent = v.strictObject({ type: v.literal('audio'), file: blob, seconds: opt(seconds) });
const videoContent = v.strictObject({
  type: v.literal('video'),
  file: blob,
  seconds: opt(seconds),
  width: opt(pixels),
  height: opt(pixels),
  poster: opt(v.strictObject({ file: blob, width: opt(pixels), height: opt(pixels) })),
});
const fileContent = v.strictObject({ type: v.literal('file'), file: blob });
const locationContent = v.strictObject({
  type: v.literal('location'),
  latitude: v.pipe(v.number(), v.minValue(-90), v.maxValue(90)),
  longitude: v.pipe(v.number(), v.minValue(-180), v.maxValue(180)),
  address: text(1024),
  place: opt(text(1024)),
});
const faceContent = v.strictObject({ type: v.literal('face'), index: v.pipe(v.number(), v.integer()), data });
/** `flavour`: which vendor form it was born in (`plain` TIM, `typed` ZIM, `named` Easemob). */
const customContent = v.strictObject({
  type: v.literal('custom'),
  flavour: v.picklist(['plain', 'typed', 'named']),
  data,
  description: opt(data),
  extension: opt(data),
  subType: opt(v.pipe(v.number(), v.integer())),
  search: opt(data),
  name: opt(text(256)),
  fields: opt(v.record(v.string(), data)),
});
const commandContent = v.strictObject({
  type: v.literal('command'),
  action: opt(text(256)),
  /** base64 */
  data: opt(data),
  fields: opt(v.record(v.string(), v.unknown())),
});
const typingContent = v.strictObject({ type: v.literal('typing'), state: v.picklist(['begin', 'end']) });
/** Written by the core for what happened to a group; the change's name is one of the group slice's. */
const tipContent = v.strictObject({
  type: v.literal('tip'),
  change: text(64),
  actor: userId,
  targets: opt(v.array(userId)),
  group: opt(groupId),
  after: opt(v.record(v.string(), v.unknown())),
});
/** What is left of a revoked message: its type and, if the app keeps it, its text (custom: data). */
const revokedContent = v.strictObject({
  type: v.literal('revoked'),
  original: v.strictObject({ type: text(16), text: opt(data) }),
});

const part = v.variant('type', [textContent, imageContent, audioContent, videoContent, fileContent, locationContent, faceContent, customContent]); // prettier-ignore
/** Several elements in one message; no nesting. */
const multiContent = v.strictObject({
  type: v.literal('multi'),
  items: v.pipe(v.array(part), v.minLength(1), v.maxLength(20)),
});

/** What a user may send. */
export const sendableContent = v.variant('type', [textContent, imageContent, audioContent, videoContent, fileContent, locationContent, faceContent, customContent, multiContent, commandContent, typingContent]); // prettier-ignore
/** What a log may hold. A client meets types of newer servers too and must keep them as they are. */
export const content = v.variant('type', [...sendableContent.options, tipContent, revokedContent]);

export type Blob = v.InferOutput<typeof blob>;
export type SendableContent = v.InferOutput<typeof sendableContent>;
export type Content = v.InferOutput<typeof content>;
export type ContentType = Content['type'];
export type ContentOf<T extends ContentType> = Extract<Content, { type: T }>;

export const ENTRY_CLASS: Readonly<Record<ContentType, EntryClass>> = {
  text: 'content',
  image: 'content',
  audio: 'content',
  video: 'content',
  file: 'content',
  location: 'content',
  face: 'content',
  custom: 'content',
  multi: 'content',
  revoked: 'content',
  tip: 'record',
  command: 'hidden',
  typing: 'hidden',
};

/** Class of any content, also of types this build does not know (drawn, as `[Unsupported]`). */
export function entryClassOf(type: string): EntryClass {
  return Object.hasOwn(ENTRY_CLASS, type) ? ENTRY_CLASS[type as ContentType] : 'content';
}

/** Every blob of ours inside a content. */
export function blobsOf(c: Content | SendableContent): readonly Blob[] {
  switch (c.type) {
    case 'image':
    case 'audio':
    case 'file':
      return [c.file];
    case 'video':
      return c.poster ? [c.file, c.poster.file] : [c.file];
    case 'multi':
      return c.items.flatMap((item) => blobsOf(item));
    default:
      return [];
  }
}
