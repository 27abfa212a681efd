import type { Client, Draft } from '@magpie/client';
import type { ClientSettings } from '@magpie/protocol';

export type AttachmentUse = 'image' | 'audio' | 'video' | 'file';

export interface Attachment {
  readonly id: number;
  readonly file: File;
  readonly use: AttachmentUse;
  /** Address of the file in this page, for pictures. */
  readonly preview: string | undefined;
}

/** What a browser can show; anything else goes as a file. The server has the last word on what the bytes are. */
const IMAGES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/bmp']);

export function useOf(type: string, asFile = false): AttachmentUse {
  if (asFile) return 'file';
  if (IMAGES.has(type)) return 'image';
  if (type.startsWith('audio/')) return 'audio';
  return type.startsWith('video/') ? 'video' : 'file';
}

/** Largest size of a use, as the app's settings have it; 0: not known. */
export function largest(use: AttachmentUse, settings: ClientSettings | undefined): number {
  return settings?.fileMaxBytes[use] ?? 0;
}

interface Measured {
  readonly width?: number;
  readonly height?: number;
  readonly seconds?: number;
}

/** Shape of a picture, length of a recording: so that both sides know its place before its bytes are there. */
export async function measure(file: File, use: AttachmentUse): Promise<Measured> {
  try {
    if (use === 'image') {
      const bitmap = await createImageBitmap(file);
      const { width, height } = bitmap;
      bitmap.close();
      return { width, height };
    }
    return use === 'file' ? {} : await measureMedia(file, use);
  } catch {
    return {};
  }
}

function measureMedia(file: File, use: 'audio' | 'video'): Promise<Measured> {
  const player = document.createElement(use);
  const url = URL.createObjectURL(file);
  return new Promise<Measured>((resolve) => {
    const timer = setTimeout(() => resolve({}), 3_000);
    player.onerror = () => resolve({});
    player.onloadedmetadata = () => {
      clearTimeout(timer);
      const seconds = Number.isFinite(player.duration) ? { seconds: player.duration } : {};
      const shape = player instanceof HTMLVideoElement && player.videoWidth > 0 ? { width: player.videoWidth, height: player.videoHeight } : {}; // prettier-ignore
      resolve({ ...seconds, ...shape });
    };
    player.preload = 'metadata';
    player.src = url;
  }).finally(() => URL.revokeObjectURL(url));
}

/** The message an attachment becomes. */
export async function draftOf(
  client: Client,
  ref: string,
  { file, use }: Attachment,
  receipt: boolean,
): Promise<Draft> {
  const measured = await measure(file, use);
  const blob = { name: file.name || use, size: file.size, ...(file.type ? { mime: file.type } : {}) };
  const content = { type: use, file: blob, ...(use === 'file' ? {} : measured) } as Draft['content'];
  return {
    ref,
    content,
    clientId: client.messages.clientId('web'),
    media: {
      source: { kind: 'blob', blob: file },
      name: blob.name,
      ...(file.type ? { mime: file.type } : {}),
    },
    ...(receipt ? { receipt: true } : {}),
  };
}
