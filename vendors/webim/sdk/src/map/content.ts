import type { Blob, ContentOf, Message, SendableContent } from '@magpie/protocol';
import { fileTypeOf, type FileUrls } from './files.ts';
import type { AudioMsgBody, CmdMsgBody, CustomMsgBody, FileMsgBody, ImgMsgBody, LocationMsgBody, TextMsgBody, VideoMsgBody } from '../types/message.ts'; // prettier-ignore
import type { BaseBody } from '../types/message.ts';

type Part<B> = B extends BaseBody ? Omit<B, keyof BaseBody> & { ext?: Record<string, unknown> } : never;
/** The fields of a body that come from its content alone. */
export type ContentPart = Part<TextMsgBody | ImgMsgBody | AudioMsgBody | VideoMsgBody | FileMsgBody | LocationMsgBody | CmdMsgBody | CustomMsgBody>; // prettier-ignore

/** Event names under which other vendors' custom messages travel (core-model §3.2). */
export const FOREIGN = { plain: 'tim.custom', typed: 'zim.custom', command: 'zim.command' } as const;
export const TYPING = { begin: 'TypingBegin', end: 'TypingEnd' } as const;

const UNSUPPORTED_TEXT = '[Unsupported]';
const STICKER_TEXT = '[Sticker]';

/** A message's content as the vendor's fields; undefined for what its users are not shown. */
export function toPart(content: Message['content'], urls: FileUrls): ContentPart | undefined {
  switch (content.type) {
    case 'text':
      return { type: 'txt', msg: content.text };
    case 'face':
      return { type: 'txt', msg: faceText(content.data) };
    case 'multi':
      return { type: 'txt', msg: content.items.map((item) => lineOf(item, urls)).join('\n') };
    case 'image':
      return imagePart(content, urls);
    case 'audio':
      return { type: 'audio', ...attachment(content.file, urls), ...present('length', content.seconds) };
    case 'video':
      return videoPart(content, urls);
    case 'file':
      return { type: 'file', ...attachment(content.file, urls) };
    case 'location':
      return {
        type: 'loc',
        addr: content.address,
        buildingName: content.place ?? '',
        lat: content.latitude,
        lng: content.longitude,
      };
    case 'custom':
      return customPart(content);
    case 'command':
      return commandPart(content);
    case 'typing':
      return { type: 'cmd', action: TYPING[content.state] };
    case 'tip':
    case 'revoked':
      return undefined;
    default:
      content satisfies never;
      return { type: 'txt', msg: UNSUPPORTED_TEXT };
  }
}

function present<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}

function attachment(blob: Blob, urls: FileUrls) {
  return {
    url: urls.url(blob),
    secret: '',
    filename: blob.name ?? '',
    ...present('file_length', blob.size),
    filetype: fileTypeOf(blob.name),
  };
}

function imagePart(content: ContentOf<'image'>, urls: FileUrls): Part<ImgMsgBody> {
  const file = attachment(content.file, urls);
  return {
    type: 'img',
    ...file,
    thumb:
      content.thumb?.url ??
      (content.thumb && content.file.fileId ? urls.url(content.file, 'thumb') : file.url),
    thumb_secret: '',
    ...present('width', content.width),
    ...present('height', content.height),
    ...present('thumbnailWidth', content.thumb?.width),
    ...present('thumbnailHeight', content.thumb?.height),
    isGif: content.format === 'gif',
    bigImageUrl:
      content.large?.url ??
      (content.large && content.file.fileId ? urls.url(content.file, 'large') : file.url),
    originalImageUrl: file.url,
  };
}

function videoPart(content: ContentOf<'video'>, urls: FileUrls): Part<VideoMsgBody> {
  return {
    type: 'video',
    ...attachment(content.file, urls),
    ...present('length', content.seconds),
    ...present('width', content.width),
    ...present('height', content.height),
    ...(content.poster ? { thumb: urls.url(content.poster.file), thumb_secret: '' } : {}),
  };
}

function customPart(content: ContentOf<'custom'>): Part<CustomMsgBody> {
  switch (content.flavour) {
    case 'named':
      return { type: 'custom', customEvent: content.name ?? '', customExts: { ...content.fields } };
    case 'plain':
      return {
        type: 'custom',
        customEvent: FOREIGN.plain,
        customExts: {
          data: content.data,
          description: content.description ?? '',
          extension: content.extension ?? '',
        },
      };
    case 'typed':
      return {
        type: 'custom',
        customEvent: FOREIGN.typed,
        customExts: {
          message: content.data,
          subType: String(content.subType ?? 0),
          searchedContent: content.search ?? '',
        },
      };
  }
}

function commandPart(content: ContentOf<'command'>): Part<CmdMsgBody> {
  if (content.action === undefined) {
    return { type: 'cmd', action: FOREIGN.command, ext: { data: content.data ?? '', ...content.fields } };
  }
  return { type: 'cmd', action: content.action, ...(content.fields ? { ext: { ...content.fields } } : {}) };
}

function faceText(data: string): string {
  return /^[^\p{C}]{1,64}$/u.test(data) ? data : STICKER_TEXT;
}

function lineOf(item: ContentOf<'multi'>['items'][number], urls: FileUrls): string {
  switch (item.type) {
    case 'text':
      return item.text;
    case 'face':
      return faceText(item.data);
    case 'location':
      return `[Location] ${item.address} (${item.latitude}, ${item.longitude})`;
    case 'custom':
      return item.description ?? item.search ?? item.name ?? UNSUPPORTED_TEXT;
    default:
      return `${item.file.name ?? `[${item.type}]`} ${urls.url(item.file)}`;
  }
}

/** Content types that `toPart` draws, as `message.list` wants them. Commands only when asked for. */
export const DRAWN_TYPES = [
  'text',
  'face',
  'multi',
  'image',
  'audio',
  'video',
  'file',
  'location',
  'custom',
] as const;

const TYPES_BY_BODY: Readonly<Record<string, readonly SendableContent['type'][]>> = {
  txt: ['text', 'face', 'multi'],
  img: ['image'],
  audio: ['audio'],
  video: ['video'],
  file: ['file'],
  loc: ['location'],
  custom: ['custom'],
  cmd: ['command'],
};

/** Content types behind a `msgTypes` filter; undefined: everything drawn. */
export function typesFor(msgTypes: readonly string[] | undefined): readonly string[] {
  if (!msgTypes || msgTypes.length === 0) return DRAWN_TYPES;
  return [...new Set(msgTypes.flatMap((type) => TYPES_BY_BODY[type] ?? []))];
}
