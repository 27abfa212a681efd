import { MagpieError, type FileUse, type SendableContent, type StoredFile } from '@magpie/protocol';
import type { FileApi, Media, SendOptions } from '../types.ts';

type Upload = FileApi['upload'];

const USES: Partial<Record<SendableContent['type'], FileUse>> = {
  image: 'image',
  audio: 'audio',
  video: 'video',
  file: 'file',
};

function blobOf(file: StoredFile): { fileId: string; name: string; size: number; mime: string } {
  return { fileId: file.fileId, name: file.name, size: file.size, mime: file.mime };
}

/** Uploads what belongs to a content and puts the result in its place; what the server found out wins over what was guessed. */
export async function uploadMedia(
  upload: Upload,
  content: SendableContent,
  media: Media,
  options: SendOptions,
): Promise<SendableContent> {
  const use = USES[content.type];
  if (!use)
    throw new MagpieError('BAD_REQUEST', {
      message: `Messages of type ${content.type} carry no file.`,
      field: 'media',
    });
  const { poster, ...main } = media;
  const file = await upload({ ...main, use }, options);
  switch (content.type) {
    case 'image': {
      const { width, height, format, animated, large, thumb, placeholder } = file;
      const found = { width, height, format, animated, large, thumb, placeholder };
      return { ...content, ...defined(found), file: blobOf(file) };
    }
    case 'video': {
      if (!poster) return { ...content, file: blobOf(file) };
      const { onProgress: _, ...rest } = options;
      const picture = await upload({ ...poster, use: 'image' }, rest);
      const size = defined({ width: picture.width, height: picture.height });
      return { ...content, file: blobOf(file), poster: { ...size, file: blobOf(picture) } };
    }
    case 'audio':
    case 'file':
      return { ...content, file: blobOf(file) };
    default:
      return content;
  }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
