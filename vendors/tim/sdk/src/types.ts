import type { TYPES_V3 } from './constants.ts';

/** A value of the constants table, e.g. `TIM.TYPES.MSG_TEXT`. */
export type TypeValue = (typeof TYPES_V3)[keyof typeof TYPES_V3];
export type ConversationType = 'C2C' | 'GROUP' | '@TIM#SYSTEM';
export type MessagePriority = 'High' | 'Normal' | 'Low' | 'Lowest';
export type RemindType = 'AcceptAndNotify' | 'AcceptNotNotify' | 'Discard';
export type MessageType = 'TIMTextElem' | 'TIMImageElem' | 'TIMSoundElem' | 'TIMFileElem' | 'TIMFaceElem' | 'TIMVideoFileElem' | 'TIMLocationElem' | 'TIMGroupTipElem' | 'TIMGroupSystemNoticeElem' | 'TIMCustomElem' | 'TIMRelayElem'; // prettier-ignore

/** What every promise of this SDK resolves with. */
export interface TimResult<T> {
  code: 0;
  data: T;
}

export interface ImageInfo {
  width: number;
  height: number;
  url: string;
  imageUrl: string;
  size: number;
  /** 0 original, 1 thumbnail of 198 px, 2 large of 720 px. */
  type: number;
  sizeType: number;
}

export interface TextPayload {
  text: string;
}
export interface ImagePayload {
  uuid: string;
  imageFormat: number;
  imageInfoArray: ImageInfo[];
}
export interface AudioPayload {
  uuid: string;
  url: string;
  remoteAudioUrl: string;
  size: number;
  second: number;
  downloadFlag: number;
}
export interface VideoPayload {
  videoFormat: string;
  videoSecond: number;
  videoSize: number;
  videoUrl: string;
  remoteVideoUrl: string;
  videoUUID: string;
  thumbUUID: string;
  thumbSize: number;
  thumbWidth: number;
  thumbHeight: number;
  thumbUrl: string;
  snapshotUrl: string;
  snapshotWidth: number;
  snapshotHeight: number;
  snapshotSize: number;
}
export interface FilePayload {
  uuid: string;
  fileName: string;
  fileUrl: string;
  fileSize: number;
}
export interface CustomPayload {
  data: string;
  description: string;
  extension: string;
}
export interface FacePayload {
  index: number;
  data: string;
}
export interface LocationPayload {
  description: string;
  longitude: number;
  latitude: number;
}
export interface TipMember {
  userID: string;
  nick: string;
  avatar: string;
}
export interface GroupTipPayload {
  operatorID: string;
  operationType: number;
  userIDList: string[];
  memberList: TipMember[];
  newGroupProfile: Record<string, unknown>;
  groupProfile: { groupID: string; groupName: string; name: string };
  groupJoinType: number;
  operatorInfo: TipMember;
}

export type Payload = TextPayload | ImagePayload | AudioPayload | VideoPayload | FilePayload | CustomPayload | FacePayload | LocationPayload | GroupTipPayload; // prettier-ignore

/**
 * Every field of every payload: the vendor types it loosely, and apps read `message.payload.text` after looking at
 * `message.type`, which no union over a single field could follow.
 */
export interface MessagePayload extends TextPayload, ImagePayload, AudioPayload, VideoPayload, FilePayload, FacePayload, LocationPayload, GroupTipPayload {
  extension: string;
} // prettier-ignore

export interface ReadReceiptInfo {
  readCount?: number;
  unreadCount?: number;
  isPeerRead?: boolean;
}

export interface UserInfo {
  userID: string;
  nick: string;
  avatar: string;
}

/** A message as apps hold it: plain, and updated in place. */
export interface Message {
  ID: string;
  type: MessageType;
  payload: MessagePayload;
  _elements: { type: MessageType; content: Payload }[];
  conversationID: string;
  conversationType: ConversationType;
  to: string;
  from: string;
  flow: 'in' | 'out';
  /** Seconds. */
  time: number;
  status: 'unSend' | 'success' | 'fail';
  isRevoked: boolean;
  revoker: string;
  revokerInfo: UserInfo;
  revokeReason: string;
  priority: MessagePriority;
  nick: string;
  avatar: string;
  nameCard: string;
  isPeerRead: boolean;
  isRead: boolean;
  atUserList: string[];
  cloudCustomData: string;
  isDeleted: boolean;
  isModified: boolean;
  needReadReceipt: boolean;
  readReceiptInfo: ReadReceiptInfo;
  isBroadcastMessage: boolean;
  isSupportExtension: boolean;
  receiverList: string[];
  hasRiskContent: boolean;
  sequence: number;
  random: number;
  clientSequence: number;
  clientTime: number;
  protocol: string;
  isPlaceMessage: number;
  isSystemMessage: boolean;
  isResend: boolean;
  /** While a file goes up. */
  progress?: number;
}

export interface LastMessage {
  lastTime: number;
  lastSequence: number;
  fromAccount: string;
  nick: string;
  nameCard: string;
  type: MessageType | '';
  payload: MessagePayload | null;
  messageForShow: string;
  isRevoked: boolean;
  revoker: string;
  isPeerRead: boolean;
  version: number;
  onlineOnlyFlag: boolean;
  cloudCustomData: string;
}

export interface GroupAtInfo {
  groupID: string;
  topicID?: string;
  messageSequence: number;
  atTypeArray: number[];
  from: string;
}

export interface Conversation {
  conversationID: string;
  type: ConversationType;
  subType: string;
  unreadCount: number;
  lastMessage: LastMessage;
  groupProfile: Group;
  userProfile: Profile;
  groupAtInfoList: GroupAtInfo[];
  remark: string;
  isPinned: boolean;
  messageRemindType: RemindType;
  markList: number[];
  customData: string;
  conversationGroupList: string[];
  draftText: string;
  peerReadTime: number;
}

export interface CustomField {
  key: string;
  value: string;
}

export interface SelfInfo {
  userID: string;
  role: string;
  messageRemindType: RemindType;
  joinTime: number;
  nameCard: string;
  memberCustomField: CustomField[];
  muteTime: number;
  readedSequence: number;
  excludedUnreadSequenceList: number[];
}

export interface Group {
  groupID: string;
  name: string;
  avatar: string;
  type: string;
  introduction: string;
  notification: string;
  ownerID: string;
  createTime: number;
  infoSequence: number;
  lastInfoTime: number;
  selfInfo: SelfInfo;
  lastMessage: LastMessage;
  nextMessageSeq: number;
  memberNum: number;
  memberCount: number;
  maxMemberNum: number;
  maxMemberCount: number;
  muteAllMembers: boolean;
  joinOption: string;
  inviteOption: string;
  groupCustomField: CustomField[];
  isSupportTopic: boolean;
}

export interface GroupMember {
  userID: string;
  nick: string;
  avatar: string;
  role: string;
  joinTime: number;
  nameCard: string;
  muteUntil: number;
  memberCustomField: CustomField[];
}

export interface Profile {
  userID: string;
  nick: string;
  gender: string;
  birthday: number;
  location: string;
  selfSignature: string;
  allowType: string;
  language: number;
  avatar: string;
  messageSettings: number;
  adminForbidType: string;
  level: number;
  role: number;
  lastUpdatedTime: number;
  profileCustomField: CustomField[];
}

/** Options every `createXxxMessage` takes. */
export interface MessageOptions<P> {
  to: string;
  conversationType: string | number;
  payload: P;
  priority?: string | number | undefined;
  cloudCustomData?: string | undefined;
  needReadReceipt?: boolean | undefined;
  receiverList?: string[] | undefined;
  isSupportExtension?: boolean | undefined;
  onProgress?: ((progress: number) => void) | undefined;
}

export interface SendMessageOptions {
  onlineUserOnly?: boolean | undefined;
  offlinePushInfo?: {
    disablePush?: boolean | undefined;
    title?: string | undefined;
    description?: string | undefined;
    extension?: string | undefined;
  } | undefined;
  messageControlInfo?: {
    excludedFromUnreadCount?: boolean | undefined;
    excludedFromLastMessage?: boolean | undefined;
  } | undefined;
} // prettier-ignore
