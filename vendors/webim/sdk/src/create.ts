import { uniqueId } from './unique-id.ts';
import type { CreateMsgOptions, LooseBody, MessageBody, MessageType } from './types/message.ts';
import { download, getFileUrl, parseDownloadResponse } from './utils.ts';

const LEGACY = '__legacy';

/** Whether a body was filled by `msg.set`, whose callbacks take two arguments. */
export function isLegacy(body: LooseBody): boolean {
  return body[LEGACY] === true;
}

/** Receipts are named by the message they are about; everything else gets a fresh local id. */
function localIdOf(options: { readonly type: string; readonly id?: unknown }): string {
  return options.type === 'read' && typeof options.id === 'string' ? options.id : uniqueId();
}

function create(options: CreateMsgOptions): MessageBody {
  const { ext, ...rest } = options;
  const body = {
    chatType: 'singleChat',
    ...rest,
    // `ext: null` is an error on the vendor's server; here it is nothing.
    ...(typeof ext === 'object' && ext !== null ? { ext } : {}),
    id: localIdOf(options),
    time: Date.now(),
  };
  return body as unknown as MessageBody;
}

/** The legacy type of a location. */
const typeOf = (type: string): MessageType => (type === 'location' ? 'loc' : (type as MessageType));

/** `WebIM.message`: the factory, and the old two-step form `new message(type, id)` + `set`. */
export class Message {
  static create: (options: CreateMsgOptions) => MessageBody = create;
  static getFileUrl: typeof getFileUrl = getFileUrl;
  static download: typeof download = download;
  static parseDownloadResponse: typeof parseDownloadResponse = parseDownloadResponse;

  /** @deprecated */
  static createOldMsg(options: { type: MessageType | 'location'; id?: string }): MessageBody {
    const message = new Message(options.type, options.id);
    message.set({ ...options, to: '' });
    return message.body as unknown as MessageBody;
  }

  id: string;
  type: MessageType;
  body?: LooseBody;
  value?: string;

  constructor(type: MessageType | 'location', id?: string) {
    this.type = typeOf(type);
    this.id = id || uniqueId();
  }

  set(options: Record<string, unknown>): void {
    const { msg, type: _, ext, id, ...rest } = options;
    if (typeof msg === 'string') this.value = msg;
    this.body = {
      chatType: 'singleChat',
      ...rest,
      ...(msg === undefined ? {} : { msg }),
      ...(typeof ext === 'object' && ext !== null ? { ext: ext as Record<string, unknown> } : {}),
      id: this.type === 'read' && typeof id === 'string' ? id : this.id,
      type: this.type,
      time: Date.now(),
    };
    Object.defineProperty(this.body, LEGACY, { value: true, enumerable: false });
  }

  setChatType(chatType: string): void {
    if (this.body) this.body['chatType'] = chatType;
  }

  /** `'groupchat'` wins over any chat type, unless the body says it is a room. */
  setGroup(group: string): void {
    if (this.body) this.body['group'] = group;
  }
}
