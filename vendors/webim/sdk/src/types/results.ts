import type { ContentBody } from './message.ts';

/** The vendor's answer envelope: payload in `data` (users: `entities`), raw REST fields beside it. */
export interface AsyncResult<T> {
  type: number;
  data?: T;
  entities?: T;
  message?: string;
  [key: string]: unknown;
}

/** Callbacks an application may put into the parameter object; fired beside the promise. */
export interface Callbacks {
  success?: ((result: never) => void) | undefined;
  error?: ((error: never) => void) | undefined;
  fail?: ((error: never) => void) | undefined;
}

export interface LoginResult {
  accessToken: string;
  /** ms since 1970 */
  expireTimestamp?: number;
  /** ms */
  duration?: number;
}

export interface NewTokenResult {
  status: boolean;
  token?: string;
  expire?: number;
}

export interface BaseUserInfo {
  activated: boolean;
  created: number;
  modified: number;
  nickname: string;
  type: string;
  username: string;
  uuid: string;
}

export interface HistoryMessages {
  cursor?: string;
  messages: ContentBody[];
  isLast: boolean;
}

export interface ConversationItem {
  conversationId: string;
  conversationType: 'singleChat' | 'groupChat';
  isPinned: boolean;
  pinnedTime: number;
  lastMessage: ContentBody | null;
  unReadCount: number;
  marks: number[];
}

export interface ServerConversations {
  conversations: ConversationItem[];
  cursor: string;
}

export interface UserInfo {
  nickname?: string;
  avatarurl?: string;
  mail?: string;
  phone?: string;
  gender?: string | number | boolean;
  sign?: string;
  birth?: string;
  ext?: string;
}

export interface GroupDetailInfo {
  id: string;
  name: string;
  description: string;
  owner: string;
  created: number;
  affiliations: ({ owner: string; joined_time: number } | { member: string; joined_time: number })[];
  affiliations_count: number;
  allowinvites: boolean;
  membersonly: boolean;
  maxusers: number;
  mute: boolean;
  public: boolean;
  shieldgroup: boolean;
  custom: string;
  avatar: string;
  disabled: boolean;
}

export interface GroupInfo {
  groupId: string;
  groupName: string;
  affiliationsCount?: number;
  role?: 'member' | 'admin' | 'owner';
  disabled: boolean;
  approval: boolean;
  allowInvites: boolean;
  description: string;
  maxUsers: number;
  public: boolean;
}

export interface GroupEventBody {
  operation: string;
  id: string;
  from: string;
  name?: string;
  userId?: string;
  detail?: Record<string, unknown>;
  memberCount?: number;
  members?: string[];
  reason?: string;
  announcement?: string;
}

/** Old-style notification, one per group event. */
export interface PresenceMsg {
  type: string;
  to: string;
  from: string;
  status: string;
  chatroom: boolean;
  gid?: string;
  owner?: string;
  groupName?: string;
  reason?: string;
  kicked?: string;
  announcement?: string;
  detail?: Record<string, unknown>;
}

export interface MultiDeviceEvent {
  operation: string;
  [key: string]: unknown;
}

export interface GroupMember {
  role: 'owner' | 'admin' | 'member';
  userId: string;
  joinedTime: number;
}
