import type { Blob, ContentOf } from '@magpie/protocol';
import { ZIMMessageType } from '../enums/message.ts';
import { invalid } from '../errors.ts';
import type { ZIMAudioMessageLiteInfo, ZIMFileMessageLiteInfo, ZIMImageMessageLiteInfo, ZIMVideoMessageLiteInfo } from '../types/message.ts'; // prettier-ignore

export type CoreBlob = Blob;
/** Absolute address of a blob or one of its renditions; the client's `files.url`. */
export type FileUrl = (blob: Blob, rendition?: 'large' | 'thumb') => string;
export type MediaContent = ContentOf<'image' | 'file' | 'audio' | 'video'>;
interface Uid {
  fileUID?: string;
}
export type MediaFields = (
  ZIMImageMessageLiteInfo | ZIMFileMessageLiteInfo | ZIMAudioMessageLiteInfo | ZIMVideoMessageLiteInfo
) &
  Uid;

const FILE_ID = /^[0-9A-Za-z]{32}$/;

function fileTo(file: Blob, fileUrl: FileUrl) {
  return {
    fileDownloadUrl: fileUrl(file),
    fileUID: file.fileId ?? '',
    fileName: file.name ?? '',
    fileSize: file.size ?? 0,
  };
}

function renditionTo(content: ContentOf<'image'>, size: 'large' | 'thumb', fileUrl: FileUrl) {
  const rendition = content[size];
  const { width = content.width ?? 0, height = content.height ?? 0 } = rendition ?? {};
  // An app's own picture has own addresses; of ours, a rendition that was not made is the original.
  const url =
    content.file.fileId === undefined
      ? (rendition?.url ?? fileUrl(content.file))
      : fileUrl(content.file, rendition && size);
  return { width, height, url };
}

function imageTo(content: ContentOf<'image'>, fileUrl: FileUrl): ZIMImageMessageLiteInfo & Uid {
  const large = renditionTo(content, 'large', fileUrl);
  const thumb = renditionTo(content, 'thumb', fileUrl);
  return {
    type: ZIMMessageType.Image,
    ...fileTo(content.file, fileUrl),
    originalImageWidth: content.width ?? 0,
    originalImageHeight: content.height ?? 0,
    largeImageWidth: large.width,
    largeImageHeight: large.height,
    largeImageDownloadUrl: large.url,
    thumbnailWidth: thumb.width,
    thumbnailHeight: thumb.height,
    thumbnailDownloadUrl: thumb.url,
  };
}

export function mediaTo(content: MediaContent, fileUrl: FileUrl): MediaFields {
  switch (content.type) {
    case 'image':
      return imageTo(content, fileUrl);
    case 'file':
      return { type: ZIMMessageType.File, ...fileTo(content.file, fileUrl) };
    case 'audio':
      return {
        type: ZIMMessageType.Audio,
        ...fileTo(content.file, fileUrl),
        audioDuration: content.seconds ?? 0,
      };
    case 'video':
      return {
        type: ZIMMessageType.Video,
        ...fileTo(content.file, fileUrl),
        videoDuration: content.seconds ?? 0,
        videoFirstFrameWidth: content.poster?.width ?? content.width ?? 0,
        videoFirstFrameHeight: content.poster?.height ?? content.height ?? 0,
        videoFirstFrameDownloadUrl: content.poster === undefined ? '' : fileUrl(content.poster.file),
      };
  }
}

type Input = Readonly<Record<string, unknown>>;

const positive = (value: unknown): number | undefined =>
  typeof value === 'number' && value > 0 ? value : undefined;
const filled = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const given = <K extends string, T>(key: K, value: T | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: T };

function fileFrom(input: Input, ours: (url: string) => boolean): Blob {
  const url = filled(input.fileDownloadUrl);
  const name = filled(input.fileName);
  const size = positive(input.fileSize);
  if (url === undefined)
    throw invalid('a media message needs fileLocalPath, or fileDownloadUrl and fileName');
  // A forwarded message: what is stored here is named by its id, not by an address that may change.
  if (typeof input.fileUID === 'string' && FILE_ID.test(input.fileUID) && ours(url)) {
    return { fileId: input.fileUID, ...given('name', name), ...given('size', size) };
  }
  return { url, ...given('name', name), ...given('size', size) };
}

function renditionFrom(key: 'large' | 'thumb', url: unknown, width: unknown, height: unknown) {
  const address = filled(url);
  if (address === undefined) return {};
  return { [key]: { url: address, width: positive(width) ?? 0, height: positive(height) ?? 0 } };
}

function imageFrom(input: Input, file: Blob): ContentOf<'image'> {
  const own = file.fileId === undefined;
  return {
    type: 'image',
    file,
    ...given('width', positive(input.originalImageWidth)),
    ...given('height', positive(input.originalImageHeight)),
    ...(own
      ? renditionFrom('large', input.largeImageDownloadUrl, input.largeImageWidth, input.largeImageHeight)
      : {}),
    ...(own
      ? renditionFrom('thumb', input.thumbnailDownloadUrl, input.thumbnailWidth, input.thumbnailHeight)
      : {}),
  };
}

function videoFrom(input: Input, file: Blob): ContentOf<'video'> {
  const frame = filled(input.videoFirstFrameDownloadUrl);
  const size = {
    ...given('width', positive(input.videoFirstFrameWidth)),
    ...given('height', positive(input.videoFirstFrameHeight)),
  };
  return {
    type: 'video',
    file,
    ...given('seconds', positive(input.videoDuration)),
    ...(frame !== undefined && file.fileId === undefined
      ? { poster: { file: { url: frame }, ...size } }
      : size),
  };
}

/** Media an app sends: its own address, one of ours being forwarded, or what was (or is to be) uploaded. */
export function mediaFrom(input: Input, ours: (url: string) => boolean, uploaded?: Blob): MediaContent {
  const file = uploaded ?? fileFrom(input, ours);
  switch (input.type) {
    case ZIMMessageType.Image:
      return imageFrom(input, file);
    case ZIMMessageType.Audio:
      return { type: 'audio', file, ...given('seconds', positive(input.audioDuration)) };
    case ZIMMessageType.Video:
      return videoFrom(input, file);
    default:
      return { type: 'file', file };
  }
}
