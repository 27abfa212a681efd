import type { Content, ContentOf, SendableContent } from '@magpie/protocol';
import { TYPES_V2 as TYPES } from '../constants.ts';
import type {
  CustomPayload,
  FacePayload,
  LocationPayload,
  MessageType,
  Payload,
  TextPayload,
} from '../types.ts';
import { audioPayload, filePayload, imagePayload, videoPayload, type UrlOf } from './media.ts';
import { tipPayload, type PersonOf } from './tip.ts';
import { typingPayload } from './typing.ts';

export interface Element {
  type: MessageType;
  content: Payload;
}

/** What drawing a content needs to know besides it. */
export interface ContentEnv {
  readonly urlOf: UrlOf;
  readonly personOf: PersonOf;
  readonly ref: string;
  readonly groupName: string;
}

function custom({ flavour, data, description = '', extension = '', subType = 0, search = '', name = '', fields = {} }: ContentOf<'custom'>): CustomPayload {
  switch (flavour) {
    case 'plain':
      return { data, description, extension };
    case 'typed':
      return { data, description: search, extension: JSON.stringify({ subType }) };
    case 'named':
      return { data: JSON.stringify({ customEvent: name, customExts: fields }), description: name, extension: '' };
  }
} // prettier-ignore

/** Emptied media of a recalled message: apps index into it before they look at `isRevoked`. */
function remains({ original: { type, text = '' } }: ContentOf<'revoked'>): SendableContent {
  switch (type) {
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return { type, file: {} };
    case 'location':
      return { type, latitude: 0, longitude: 0, address: '' };
    case 'face':
      return { type, index: 0, data: '' };
    case 'custom':
      return { type, flavour: 'plain', data: text };
    default:
      return { type: 'text', text };
  }
}

const unknown: Element = {
  type: TYPES.MSG_CUSTOM,
  content: { data: '', description: '[Unsupported]', extension: '' },
};

/** A content as the vendor's elements, one but for `multi`; none for what TIM never shows (commands). */
export function elementsOf(content: Content, env: ContentEnv): Element[] {
  switch (content.type) {
    case 'text':
      return [{ type: TYPES.MSG_TEXT, content: { text: content.text } }];
    case 'image':
      return [{ type: TYPES.MSG_IMAGE, content: imagePayload(content, env.urlOf) }];
    case 'audio':
      return [{ type: TYPES.MSG_AUDIO, content: audioPayload(content, env.urlOf) }];
    case 'video':
      return [{ type: TYPES.MSG_VIDEO, content: videoPayload(content, env.urlOf) }];
    case 'file':
      return [{ type: TYPES.MSG_FILE, content: filePayload(content, env.urlOf) }];
    case 'location': {
      const { latitude, longitude, address } = content;
      return [{ type: TYPES.MSG_LOCATION, content: { description: address, latitude, longitude } }];
    }
    case 'face':
      return [{ type: TYPES.MSG_FACE, content: { index: content.index, data: content.data } }];
    case 'custom':
      return [{ type: TYPES.MSG_CUSTOM, content: custom(content) }];
    case 'typing':
      return [{ type: TYPES.MSG_CUSTOM, content: typingPayload(content) }];
    case 'multi':
      return content.items.flatMap((item) => elementsOf(item, env));
    case 'tip':
      return [
        { type: TYPES.MSG_GRP_TIP, content: tipPayload(content, env.ref, env.groupName, env.personOf) },
      ];
    case 'revoked':
      return elementsOf(remains(content), env);
    case 'command':
      return [];
    default:
      return [unknown];
  }
}

type TextLike = 'TIMTextElem' | 'TIMCustomElem' | 'TIMFaceElem' | 'TIMLocationElem';

/** The other way, for the types that travel without a file. Missing fields are empty, as the vendor has it. */
export function contentOf(type: TextLike, payload: Partial<TextPayload & CustomPayload & FacePayload & LocationPayload>): SendableContent {
  switch (type) {
    case 'TIMTextElem':
      return { type: 'text', text: String(payload.text ?? '') };
    case 'TIMFaceElem':
      return { type: 'face', index: Number(payload.index ?? 0), data: String(payload.data ?? '') };
    case 'TIMLocationElem':
      return { type: 'location', address: String(payload.description ?? ''), latitude: Number(payload.latitude ?? 0), longitude: Number(payload.longitude ?? 0) };
    case 'TIMCustomElem': {
      const { data = '', description = '', extension = '' } = payload;
      return { type: 'custom', flavour: 'plain', data, ...(description === '' ? {} : { description }), ...(extension === '' ? {} : { extension }) };
    }
  }
} // prettier-ignore
