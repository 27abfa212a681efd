import type { Client, ClientMessage } from '@magpie/client';
import type { ContentOf } from '@magpie/protocol';
import { imageAddress } from './image-address.ts';
import type { ViewedImage } from './image-viewer.ts';

/** Every picture of a stretch of messages, in order, as the viewer takes them. */
export function imagesOf(messages: readonly ClientMessage[], client: Client): readonly ViewedImage[] {
  return messages.flatMap(({ clientId, content }) => {
    const one = (image: ContentOf<'image'>, part: number): ViewedImage[] => {
      const url = imageAddress(image, client, 'original');
      return url === undefined ? [] : [{ url, key: `${clientId} ${part}` }];
    };
    if (content.type === 'image') return one(content, 0);
    return content.type === 'multi' ? content.items.flatMap((item, part) => (item.type === 'image' ? one(item, part) : [])) : []; // prettier-ignore
  });
}
