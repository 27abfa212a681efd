import type { Blob, ContentOf } from '@magpie/protocol';
import type { AudioPayload, FilePayload, ImageInfo, ImagePayload, VideoPayload } from '../types.ts';

/** Makes addresses of files: `client.files.url`. */
export type UrlOf = (blob: Blob, rendition?: 'large' | 'thumb') => string;

const FORMATS: Readonly<Record<string, number>> = { jpg: 1, jpeg: 1, gif: 2, png: 3, bmp: 4 };

export function imageFormat(format: string | undefined): number {
  return FORMATS[format ?? ''] ?? 255;
}

export function uuidOf({ fileId, url, name }: Blob): string {
  return fileId ?? url ?? name ?? '';
}

function info(url: string, type: number, sizeType: number, size: { width?: number | undefined; height?: number | undefined; size?: number | undefined }): ImageInfo {
  return { width: size.width ?? 0, height: size.height ?? 0, url, imageUrl: url, size: size.size ?? 0, type, sizeType };
} // prettier-ignore

type Rendition = ContentOf<'image'>['thumb'];

/** Original, thumbnail, large: in that order. A rendition that does not exist is the original. */
export function imagePayload(content: ContentOf<'image'>, urlOf: UrlOf): ImagePayload {
  const { file, width, height, large, thumb } = content;
  const original = urlOf(file);
  const picture = (rendition: Rendition, name: 'large' | 'thumb', type: number, sizeType: number): ImageInfo =>
    rendition ? info(rendition.url ?? urlOf(file, name), type, sizeType, rendition) : info(original, type, sizeType, { width, height, size: file.size });
  return {
    uuid: uuidOf(file),
    imageFormat: imageFormat(content.format),
    imageInfoArray: [info(original, 0, 1, { width, height, size: file.size }), picture(thumb, 'thumb', 1, 3), picture(large, 'large', 2, 2)],
  };
} // prettier-ignore

export function audioPayload({ file, seconds }: ContentOf<'audio'>, urlOf: UrlOf): AudioPayload {
  const url = urlOf(file);
  return {
    uuid: uuidOf(file),
    url,
    remoteAudioUrl: url,
    size: file.size ?? 0,
    second: seconds ?? 0,
    downloadFlag: 2,
  };
}

function extension(name: string | undefined): string {
  const dot = name?.lastIndexOf('.') ?? -1;
  return dot < 0 ? '' : (name ?? '').slice(dot + 1).toLowerCase();
}

export function videoPayload({ file, seconds, poster }: ContentOf<'video'>, urlOf: UrlOf): VideoPayload {
  const url = urlOf(file);
  const picture = poster ? urlOf(poster.file) : '';
  const size = poster?.file.size ?? 0;
  return {
    videoFormat: extension(file.name) || (file.mime ?? '').replace('video/', ''),
    videoSecond: seconds ?? 0,
    videoSize: file.size ?? 0,
    videoUrl: url,
    remoteVideoUrl: url,
    videoUUID: uuidOf(file),
    thumbUUID: poster ? uuidOf(poster.file) : '',
    thumbSize: size,
    thumbWidth: poster?.width ?? 0,
    thumbHeight: poster?.height ?? 0,
    thumbUrl: picture,
    snapshotUrl: picture,
    snapshotWidth: poster?.width ?? 0,
    snapshotHeight: poster?.height ?? 0,
    snapshotSize: size,
  };
}

export function filePayload({ file }: ContentOf<'file'>, urlOf: UrlOf): FilePayload {
  return { uuid: uuidOf(file), fileName: file.name ?? '', fileUrl: urlOf(file), fileSize: file.size ?? 0 };
}
