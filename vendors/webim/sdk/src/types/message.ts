import type { ChatType } from '../constants.ts';
import type { ErrorEvent } from '../errors.ts';

/** Shapes of messages as applications read and write them. */
export type { ChatType };
export type MessageType =
  | 'read'
  | 'delivery'
  | 'channel'
  | 'txt'
  | 'cmd'
  | 'custom'
  | 'loc'
  | 'img'
  | 'audio'
  | 'file'
  | 'video'
  | 'combine';
export type MessagePriority = 'high' | 'normal' | 'low';

export interface FileObj {
  url: string;
  filename: string;
  filetype: string;
  /** A File or Blob; bytes in Node. */
  data: { readonly size: number; readonly type: string } | Uint8Array;
}

export interface UploadEntity {
  uuid: string;
  type: 'chatfile';
  'share-secret': string;
}

export interface UploadFileResult {
  url: string;
  uri: string;
  entities: UploadEntity[];
  [key: string]: unknown;
}

interface MsgConfig {
  allowGroupAck?: boolean;
  languages?: string[];
}

/** What every content type has. */
export interface BaseBody {
  id: string;
  chatType: ChatType;
  to: string;
  from?: string;
  time: number;
  ext?: Record<string, unknown>;
  msgConfig?: MsgConfig;
  isChatThread?: boolean;
  onlineState?: 0 | 1 | 2 | 3;
  priority?: MessagePriority;
  broadcast?: boolean;
  deliverOnlineOnly?: boolean;
  receiverList?: string[];
  isRead?: boolean;
  /** Legacy room flag, group marker and callbacks. */
  roomType?: boolean;
  group?: string;
  success?: (...args: never[]) => void;
  fail?: (...args: never[]) => void;
}

export interface TextMsgBody extends BaseBody {
  type: 'txt';
  msg: string;
}

interface AttachmentBody extends BaseBody {
  url?: string;
  secret?: string;
  filename: string;
  file_length?: number;
  filetype?: string;
  file?: FileObj;
  body?: { url?: string; filename?: string; length?: number | string };
  onFileUploadError?: (error: ErrorEvent) => void;
  onFileUploadComplete?: (data: UploadFileResult) => void;
  onFileUploadProgress?: (data: { loaded: number; total: number }) => void;
}

export interface ImgMsgBody extends AttachmentBody {
  type: 'img';
  thumb?: string;
  thumb_secret?: string;
  width?: number;
  height?: number;
  thumbnailWidth?: number;
  thumbnailHeight?: number;
  isGif?: boolean;
  bigImageUrl?: string;
  originalImageUrl?: string;
}

export interface AudioMsgBody extends AttachmentBody {
  type: 'audio';
  length?: number;
}

export interface VideoMsgBody extends AttachmentBody {
  type: 'video';
  length?: number;
  thumb?: string;
  thumb_secret?: string;
  width?: number;
  height?: number;
}

export interface FileMsgBody extends AttachmentBody {
  type: 'file';
}

export interface LocationMsgBody extends BaseBody {
  type: 'loc';
  addr: string;
  buildingName: string;
  lat: number;
  lng: number;
}

export interface CmdMsgBody extends BaseBody {
  type: 'cmd';
  action: string;
}

export interface CustomMsgBody extends BaseBody {
  type: 'custom';
  customEvent: string;
  customExts: Record<string, string>;
}

export type ContentBody =
  | TextMsgBody
  | ImgMsgBody
  | AudioMsgBody
  | VideoMsgBody
  | FileMsgBody
  | LocationMsgBody
  | CmdMsgBody
  | CustomMsgBody;

export interface ReadMsgBody {
  type: 'read';
  id: string;
  to: string;
  from?: string;
  chatType: 'singleChat' | 'groupChat';
  ackId?: string;
  mid?: string;
  groupReadCount?: Record<string, number>;
  ackContent?: string;
  onlineState?: 0 | 1 | 2 | 3;
}

export interface DeliveryMsgBody {
  type: 'delivery';
  id: string;
  mid?: string;
  ackId?: string;
  to: string;
  from?: string;
  onlineState?: 0 | 1 | 2 | 3;
}

export interface ChannelMsgBody {
  type: 'channel';
  id: string;
  mid?: string;
  to: string;
  from?: string;
  chatType: ChatType;
  time: number;
  onlineState?: 0 | 1 | 2 | 3;
}

export type MessageBody = ContentBody | ReadMsgBody | DeliveryMsgBody | ChannelMsgBody;

/** What `message.create` and `send` are given: read leniently, as old apps write bodies by hand. */
export type LooseBody = { type: string; to?: string } & Record<string, unknown>;

/** Options of `message.create`. */
export interface CreateMsgOptions {
  type: MessageType;
  to: string;
  chatType?: ChatType;
  [key: string]: unknown;
}

export interface SendMsgResult {
  localMsgId: string;
  serverMsgId: string;
  message?: ContentBody;
}

export interface ReceivedMsgBody {
  id: string;
  mid: string;
  to: string;
  time?: number;
}

export interface RecallMsgBody {
  id: string;
  mid: string;
  from: string;
  to: string;
  ext: string;
  chatType?: ChatType;
  onlineState?: 0 | 1 | 2 | 3;
}
