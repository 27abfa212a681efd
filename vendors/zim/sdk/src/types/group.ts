// Groups: the shapes apps use, with the vendor’s names. Times are ms, durations s, unless a name says otherwise.
import type {
  ZIMGroupApplicationState,
  ZIMGroupApplicationType,
  ZIMGroupAttributesUpdateAction,
  ZIMGroupBeInviteMode,
  ZIMGroupEnterType,
  ZIMGroupInviteMode,
  ZIMGroupJoinMode,
  ZIMGroupMessageNotificationStatus,
  ZIMGroupMuteMode,
} from '../enums/group.ts';
import type { ZIMUserInfo } from './general.ts';
import type { ZIMPushConfig } from './push.ts';
export interface ZIMGroupInfo {
  groupID: string;
  groupName: string;
  groupAvatarUrl: string;
}

export interface ZIMGroupMuteInfo {
  mode: ZIMGroupMuteMode;
  expiredTime: number;
  roles: number[];
}

export interface ZIMGroupVerifyInfo {
  joinMode: ZIMGroupJoinMode;
  inviteMode: ZIMGroupInviteMode;
  beInviteMode: ZIMGroupBeInviteMode;
}

export interface ZIMGroupFullInfo {
  baseInfo: ZIMGroupInfo;
  groupNotice: string;
  groupAttributes: Record<string, string>;
  groupAlias: string;
  notificationStatus: ZIMGroupMessageNotificationStatus;
  mutedInfo: ZIMGroupMuteInfo;
  createTime: number;
  maxMemberCount: number;
  verifyInfo: ZIMGroupVerifyInfo;
}

export interface ZIMGroup {
  baseInfo: ZIMGroupInfo;
  groupAlias: string;
  notificationStatus: ZIMGroupMessageNotificationStatus;
}

export interface ZIMGroupMemberSimpleInfo extends ZIMUserInfo {
  memberNickname: string;
  memberRole: number;
}

export interface ZIMGroupEnterInfo {
  enterTime: number;
  enterType: ZIMGroupEnterType;
  operatedUser?: ZIMGroupMemberSimpleInfo;
}

export interface ZIMGroupMemberInfo extends ZIMUserInfo {
  memberNickname: string;
  memberRole: number;
  /** @deprecated */
  memberAvatarUrl: string;
  muteExpiredTime: number;
  groupEnterInfo: ZIMGroupEnterInfo;
}

export interface ZIMGroupOperatedInfo {
  userID: string;
  userName: string;
  memberNickname: string;
  memberRole: number;
}

export interface ZIMGroupMemberQueryConfig {
  nextFlag: number;
  count: number;
}

export interface ZIMGroupAdvancedConfig {
  groupNotice: string;
  groupAttributes: Record<string, string>;
  maxMemberCount: number;
  joinMode: ZIMGroupJoinMode;
  inviteMode: ZIMGroupInviteMode;
  beInviteMode: ZIMGroupBeInviteMode;
}

export interface ZIMGroupAttributesUpdateInfo {
  action: ZIMGroupAttributesUpdateAction;
  groupAttributes: Record<string, string>;
}

export interface ZIMGroupMessageReceiptMemberQueryConfig {
  nextFlag: number;
  count: number;
}

export interface ZIMGroupSearchConfig {
  nextFlag: number;
  count: number;
  keywords: string[];
  isAlsoMatchGroupMemberUserName: boolean;
  isAlsoMatchGroupMemberNickname: boolean;
}

export interface ZIMGroupSearchInfo {
  groupInfo: ZIMGroupInfo;
  userList: ZIMGroupMemberInfo[];
}

export interface ZIMGroupMemberSearchConfig {
  nextFlag: number;
  count: number;
  keywords: string[];
  isAlsoMatchGroupMemberNickname: boolean;
}

export interface ZIMGroupMuteConfig {
  mode: ZIMGroupMuteMode;
  duration: number;
  roles: number[];
}

export interface ZIMGroupMemberMuteConfig {
  duration: number;
}

export interface ZIMGroupMemberMutedListQueryConfig {
  nextFlag: number;
  count: number;
}

export interface ZIMGroupApplicationInfo {
  type: ZIMGroupApplicationType;
  state: ZIMGroupApplicationState;
  groupInfo: ZIMGroupInfo;
  applyUser: ZIMUserInfo;
  createTime: number;
  updateTime: number;
  wording: string;
  operatedUser?: ZIMGroupMemberSimpleInfo;
}

export interface ZIMGroupJoinApplicationSendConfig {
  wording: string;
  pushConfig?: ZIMPushConfig;
}

export interface ZIMGroupJoinApplicationAcceptConfig {
  pushConfig?: ZIMPushConfig;
}

export interface ZIMGroupJoinApplicationRejectConfig {
  pushConfig?: ZIMPushConfig;
}

export interface ZIMGroupInviteApplicationSendConfig {
  wording: string;
  pushConfig?: ZIMPushConfig;
}

export interface ZIMGroupInviteApplicationAcceptConfig {
  pushConfig?: ZIMPushConfig;
}

export interface ZIMGroupInviteApplicationRejectConfig {
  pushConfig?: ZIMPushConfig;
}

export interface ZIMGroupApplicationListQueryConfig {
  nextFlag: number;
  count: number;
}

export interface ZIMGroupListQueryConfig {
  nextFlag: number;
  userIDs: string[];
}
