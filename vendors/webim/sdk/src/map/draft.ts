import type { Blob, SendableContent } from '@magpie/protocol';
import type { Media } from '@magpie/client';
import { statusCode } from '../constants.ts';
import { refuse } from '../errors.ts';
import type { LooseBody } from '../types/message.ts';
import { FOREIGN, TYPING } from './content.ts';
import { fileTypeOf, ownFileId, sourceOf } from './files.ts';

export interface Outgoing {
  readonly content: SendableContent;
  readonly media?: Media;
  /** `ext` went into the content. */
  readonly extUsed?: true;
}

type Loose = Readonly<Record<string, unknown>>;

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Numbers arrive as text too (`body.length` in mini-programs). Anything that is no number ≥ 0 is left out. */
function amount(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
}

const whole = (value: unknown): number | undefined => {
  const number = amount(value);
  return number === undefined ? undefined : Math.round(number);
};

function fields<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

/** The content a body asks to send. Throws the vendor's parameter error for what cannot be sent. */
export function toOutgoing(body: LooseBody, server: string): Outgoing {
  switch (body.type) {
    case 'txt':
      return { content: { type: 'text', text: String(body['msg'] ?? '') } };
    case 'img':
      return image(body, server);
    case 'audio':
      return withFile(body, server, (file) => ({
        type: 'audio',
        file,
        ...fields({ seconds: secondsOf(body) }),
      }));
    case 'video':
      return withFile(body, server, (file) => ({
        type: 'video',
        file,
        ...fields({ seconds: secondsOf(body), width: whole(body['width']), height: whole(body['height']) }),
      }));
    case 'file':
      return withFile(body, server, (file) => ({ type: 'file', file }));
    case 'loc':
    case 'location':
      return { content: location(body) };
    case 'cmd':
      return command(body);
    case 'custom':
      return { content: custom(body) };
    default:
      throw refuse(
        statusCode.OPERATION_UNSUPPORTED,
        `send: messages of type '${body.type}' are not available on this server`,
      );
  }
}

function secondsOf(body: Loose): number | undefined {
  return amount(body['length']) ?? amount((body['body'] as Loose | undefined)?.['length']);
}

function image(body: LooseBody, server: string): Outgoing {
  return withFile(body, server, (file) => {
    const type = fileTypeOf(file.name);
    return {
      type: 'image',
      file,
      ...fields({
        width: whole(body['width']),
        height: whole(body['height']),
        format: body['isGif'] === true ? 'gif' : type === 'jpg' ? 'jpeg' : type.slice(0, 16) || undefined,
      }),
    };
  });
}

function withFile(body: LooseBody, server: string, make: (file: Blob) => SendableContent): Outgoing {
  const inner = (body['body'] ?? {}) as Loose;
  const upload = sourceOf(body['file']);
  const url = text(inner['url']) ?? text(body['url']);
  const name = text(body['filename']) || text(inner['filename']) || upload?.name || lastSegment(url);
  const blob = fields({ name: name?.slice(0, 255), size: whole(body['file_length']) });
  if (upload) {
    const media: Media = { source: upload.source, name: name ?? 'file', ...fields({ mime: upload.mime }) };
    return { content: make(blob), media };
  }
  if (url === undefined || url === '') {
    throw refuse(
      statusCode.WEBIM_UPLOADFILE_ERROR,
      `send: a message of type '${body.type}' needs a file or a url`,
    );
  }
  const fileId = ownFileId(url, server);
  return { content: make({ ...blob, ...(fileId ? { fileId } : { url }) }) };
}

function lastSegment(url: string | undefined): string | undefined {
  const path = url?.replace(/[?#].*$/, '');
  const name = path?.slice(path.lastIndexOf('/') + 1);
  return name && name.includes('.') ? name : undefined;
}

function location(body: Loose): SendableContent {
  const latitude = Number(body['lat']);
  const longitude = Number(body['lng']);
  if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) {
    throw refuse(statusCode.MESSAGE_PARAMETER_ERROR, 'send: a message of type loc needs lat and lng');
  }
  const place = text(body['buildingName']);
  return {
    type: 'location',
    latitude,
    longitude,
    address: String(body['addr'] ?? ''),
    ...(place ? { place } : {}),
  };
}

function command(body: LooseBody): Outgoing {
  const action = String(body['action'] ?? '');
  const ext = (body['ext'] ?? {}) as Loose;
  const bare = Object.keys(ext).length === 0;
  if (bare && (action === TYPING.begin || action === TYPING.end)) {
    return { content: { type: 'typing', state: action === TYPING.begin ? 'begin' : 'end' } };
  }
  if (action === FOREIGN.command && typeof ext['data'] === 'string' && Object.keys(ext).length === 1) {
    return { content: { type: 'command', data: ext['data'] }, extUsed: true };
  }
  if (bare) return { content: { type: 'command', action } };
  // A copy of its own: the app's object may be a proxy, or change before it is sent.
  const fields = JSON.parse(JSON.stringify(ext)) as Record<string, unknown>;
  return { content: { type: 'command', action, fields }, extUsed: true };
}

function custom(body: Loose): SendableContent {
  const event = String(body['customEvent'] ?? '');
  const given = (body['customExts'] ?? {}) as Loose;
  const exts = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : (JSON.stringify(value) ?? ''),
    ]),
  );
  if (event === FOREIGN.plain && exts['data'] !== undefined) {
    const { data, description, extension } = exts;
    return { type: 'custom', flavour: 'plain', data, ...nonEmpty({ description, extension }) };
  }
  if (event === FOREIGN.typed && exts['message'] !== undefined) {
    const { message, subType, searchedContent: search } = exts;
    const number = Number(subType);
    return {
      type: 'custom',
      flavour: 'typed',
      data: message,
      ...(Number.isSafeInteger(number) && subType ? { subType: number } : {}),
      ...nonEmpty({ search }),
    };
  }
  return { type: 'custom', flavour: 'named', data: '', name: event, fields: exts };
}

function nonEmpty<T extends Record<string, string | undefined>>(values: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value)) as never;
}
