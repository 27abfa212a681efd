import type { Client } from '@magpie/client';
import type { ContentOf } from '@magpie/protocol';
import { safeMediaUrl } from './safe-url.ts';

/** Where a picture is to be had: ours in the asked size, the app's own by the address in the message, if it is a safe one. */
export function imageAddress(
  content: ContentOf<'image'>,
  client: Client,
  size: 'large' | 'original',
): string | undefined {
  const { file, large } = content;
  if (file.fileId !== undefined) {
    const rendition =
      size === 'large' && large !== undefined && content.animated !== true ? 'large' : undefined;
    return safeMediaUrl(client.files.url(file, rendition), client.server);
  }
  const url = size === 'large' ? (large?.url ?? file.url) : file.url;
  return url === undefined ? undefined : safeMediaUrl(url, client.server);
}
