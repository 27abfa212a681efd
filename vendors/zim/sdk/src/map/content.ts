import type { Content, ContentOf, SendableContent } from '@magpie/protocol';
import { ZIMMessageType } from '../enums/message.ts';
import { invalid, unsupported } from '../errors.ts';
import type { ZIMCustomMessageLiteInfo, ZIMTextMessageLiteInfo } from '../types/message.ts';
import { fromBase64, toBase64, utf8 } from './base64.ts';
import { mediaFrom, mediaTo, type CoreBlob, type FileUrl, type MediaFields } from './media.ts';

interface CommandFields {
  type: ZIMMessageType.Command;
  message: Uint8Array;
}
interface MultipleFields {
  type: ZIMMessageType.Multiple;
  messageInfoList: ItemFields[];
}
interface UnknownFields {
  type: ZIMMessageType.Unknown;
}
/** What may stand in a Multiple message. */
export type ItemFields = ZIMTextMessageLiteInfo | ZIMCustomMessageLiteInfo | MediaFields;
/** The part of a ZIM message that is its content. */
export type ContentFields = ItemFields | CommandFields | MultipleFields | UnknownFields;

const text = (message: string): ZIMTextMessageLiteInfo => ({ type: ZIMMessageType.Text, message });

function customTo(content: ContentOf<'custom'>): ZIMCustomMessageLiteInfo {
  const type = ZIMMessageType.Custom;
  switch (content.flavour) {
    case 'typed':
      return {
        type,
        message: content.data,
        subType: content.subType ?? 0,
        searchedContent: content.search ?? '',
      };
    case 'plain':
      return { type, message: content.data, subType: 0, searchedContent: content.description ?? '' };
    case 'named': {
      const message = JSON.stringify({ customEvent: content.name ?? '', customExts: content.fields ?? {} });
      return { type, message, subType: 0, searchedContent: '' };
    }
  }
}

/** A sticker's own text where a person can read it. */
function faceText(content: ContentOf<'face'>): string {
  return /^[^\p{C}]{1,64}$/u.test(content.data) ? content.data : '[Sticker]';
}

function locationText(content: ContentOf<'location'>): string {
  return `[Location] ${content.address} (${content.latitude}, ${content.longitude})`;
}

/** The bytes a ZIM app sent; of another vendor's command, its action and fields as JSON. */
function commandBytes(content: ContentOf<'command'>): Uint8Array {
  if (content.data !== undefined && content.action === undefined && content.fields === undefined)
    return fromBase64(content.data);
  return utf8(JSON.stringify({ action: content.action ?? '', ext: content.fields ?? {} }));
}

function itemTo(content: ContentOf<'multi'>['items'][number], fileUrl: FileUrl): ItemFields {
  switch (content.type) {
    case 'text':
      return text(content.text);
    case 'location':
      return text(locationText(content));
    case 'face':
      return text(faceText(content));
    case 'custom':
      return customTo(content);
    default:
      return mediaTo(content, fileUrl);
  }
}

/** How a content shows in ZIM (core-model §3.2); undefined: not at all. Tips and revoked messages have maps of their own. */
export function contentTo(content: Content, fileUrl: FileUrl): ContentFields | undefined {
  switch (content.type) {
    case 'typing':
    case 'tip':
    case 'revoked':
      return undefined;
    case 'command':
      return { type: ZIMMessageType.Command, message: commandBytes(content) };
    case 'multi':
      return {
        type: ZIMMessageType.Multiple,
        messageInfoList: content.items.map((item) => itemTo(item, fileUrl)),
      };
    case 'text':
    case 'location':
    case 'face':
    case 'custom':
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return itemTo(content, fileUrl);
    default:
      // A type of a newer server.
      return { type: ZIMMessageType.Unknown };
  }
}

/** Fields of an object an app handed in; nothing about it is believed. */
export type AppObject = Readonly<Record<string, unknown>>;

function textOf(input: AppObject, name: string): string {
  const value = input[name];
  if (typeof value !== 'string' || value.trim() === '')
    throw invalid(`${name} must be a string that is not blank`);
  return value;
}

function customFrom(input: AppObject): ContentOf<'custom'> {
  const { subType, searchedContent } = input;
  if (subType !== undefined && (!Number.isInteger(subType) || Number(subType) < 0 || Number(subType) > 200)) {
    throw invalid('subType must be an integer from 0 to 200');
  }
  return {
    type: 'custom',
    flavour: 'typed',
    data: textOf(input, 'message'),
    subType: Number(subType ?? 0),
    ...(typeof searchedContent === 'string' && searchedContent !== '' ? { search: searchedContent } : {}),
  };
}

function commandFrom(input: AppObject): ContentOf<'command'> {
  const bytes = input.message;
  if (!(bytes instanceof Uint8Array) || bytes.length === 0)
    throw invalid('a command’s message must be a Uint8Array that is not empty');
  if (bytes.length > 5 * 1024) throw invalid('a command’s message may have 5 KB');
  return { type: 'command', data: toBase64(bytes) };
}

type Item = ContentOf<'multi'>['items'][number];

/** One item or simple message. `uploaded` takes the place of the local file. */
export function itemFrom(input: AppObject, ours: (url: string) => boolean, uploaded?: CoreBlob): Item {
  switch (input.type) {
    case ZIMMessageType.Text:
    case ZIMMessageType.System:
      return { type: 'text', text: textOf(input, 'message') };
    case ZIMMessageType.Custom:
      return customFrom(input);
    case ZIMMessageType.Image:
    case ZIMMessageType.File:
    case ZIMMessageType.Audio:
    case ZIMMessageType.Video:
      return mediaFrom(input, ours, uploaded);
    default:
      throw invalid(`messages of type ${String(input.type)} cannot be sent here`);
  }
}

/** The items of a Multiple message. */
export function itemsOf(input: AppObject): readonly AppObject[] {
  const list = input.messageInfoList;
  if (!Array.isArray(list) || list.length === 0 || list.length > 20)
    throw invalid('messageInfoList must have 1 to 20 items');
  return list as readonly AppObject[];
}

/** Content of a message an app sends. `uploaded` by item for Multiple, else its first for the message itself. */
export function contentFrom(
  input: AppObject,
  ours: (url: string) => boolean,
  uploaded: readonly (CoreBlob | undefined)[] = [],
): SendableContent {
  switch (input.type) {
    case ZIMMessageType.Command:
      return commandFrom(input);
    case ZIMMessageType.Multiple:
      return {
        type: 'multi',
        items: itemsOf(input).map((item, index) => itemFrom(item, ours, uploaded[index])),
      };
    case ZIMMessageType.Combine:
      throw unsupported('sending a Combine message', 'merged forwards are not available yet');
    case ZIMMessageType.Barrage:
      throw unsupported('sending a Barrage message', 'rooms are not available yet');
    default:
      return itemFrom(input, ours, uploaded[0]);
  }
}
