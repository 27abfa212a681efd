// Friends and blacklist: the shapes apps use, with the vendor’s names. Times are ms, durations s, unless a name says otherwise.
import type {
  ZIMFriendApplicationState,
  ZIMFriendApplicationType,
  ZIMFriendDeleteType,
  ZIMFriendRelationCheckType,
  ZIMUserRelationType,
} from '../enums/friend.ts';
import type { ZIMUserInfo } from './general.ts';
import type { ZIMPushConfig } from './push.ts';
export interface ZIMFriendAddConfig {
  friendAlias: string;
  friendAttributes: Record<string, string>;
  wording: string;
}

export interface ZIMFriendDeleteConfig {
  type: ZIMFriendDeleteType;
}

export interface ZIMFriendListQueryConfig {
  nextFlag?: number;
  count: number;
}

export interface ZIMFriendSearchConfig {
  nextFlag: number;
  count: number;
  keywords: string[];
  isAlsoMatchFriendAlias: boolean;
}

export interface ZIMFriendRelationCheckConfig {
  type: ZIMFriendRelationCheckType;
}

export interface ZIMFriendRelationInfo {
  type: ZIMUserRelationType;
  userID: string;
}

export interface ZIMFriendInfo extends ZIMUserInfo {
  friendAlias: string;
  friendAttributes: Record<string, string>;
  createTime: number;
  wording: string;
}

export interface ZIMFriendApplicationSendConfig {
  wording: string;
  friendAlias: string;
  friendAttributes: Record<string, string>;
  pushConfig?: ZIMPushConfig;
}

export interface ZIMFriendApplicationAcceptConfig {
  friendAlias: string;
  friendAttributes: Record<string, string>;
  pushConfig?: ZIMPushConfig;
}

export interface ZIMFriendApplicationRejectConfig {
  pushConfig?: ZIMPushConfig;
}

export interface ZIMFriendApplicationListQueryConfig {
  nextFlag?: number;
  count: number;
}

export interface ZIMFriendApplicationInfo {
  type: ZIMFriendApplicationType;
  state: ZIMFriendApplicationState;
  applyUser: ZIMUserInfo;
  wording: string;
  createTime: number;
  updateTime: number;
}

export interface ZIMBlacklistQueryConfig {
  nextFlag?: number;
  count: number;
}
