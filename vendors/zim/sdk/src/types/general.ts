// Users, login and configuration: the shapes apps use, with the vendor’s names. Times are ms, durations s, unless a name says otherwise.
import type { ZIMErrorCode } from '../enums/error-code.ts';
import type { ZIMPlatformType, ZIMUserOnlineStatus } from '../enums/general.ts';
import type { ZIMUserOfflinePushRule } from './push.ts';
export interface ZIMError {
  code: ZIMErrorCode;
  message: string;
}

export interface ZIMAppConfig {
  appID: number;
}

export interface ZIMLogConfig {
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'report' | 'disable';
}

export interface ZIMUserInfo {
  userID: string;
  userName: string;
  userAvatarUrl: string;
  userExtendedData: string;
}

export interface ZIMUserFullInfo {
  baseInfo: ZIMUserInfo;
  /** @deprecated */
  userAvatarUrl: string;
  /** @deprecated */
  extendedData: string;
}

export interface ZIMUserRule {
  offlinePushRule: ZIMUserOfflinePushRule;
}

export interface ZIMUserStatus {
  userID: string;
  onlineStatus: ZIMUserOnlineStatus;
  onlinePlatforms: ZIMPlatformType[];
  customStatus: string;
  customStatusExpiredTime: number;
  lastUpdateTime: number;
  lastOnlineStatusUpdateTime: number;
  lastCustomStatusUpdateTime: number;
}

export interface ZIMUserStatusSubscription {
  userStatus: ZIMUserStatus;
  subscribeExpiredTime: number;
}

export interface ZIMSelfUserInfo {
  userFullInfo: ZIMUserFullInfo;
  userRule: ZIMUserRule;
  userStatus: ZIMUserStatus;
}

export interface ZIMUserStatusSubscribeConfig {
  subscriptionDuration: number;
}

export interface ZIMSubscribedUserStatusQueryConfig {
  userIDs: string[];
}

export interface ZIMErrorUserInfo {
  userID: string;
  reason: number;
}

export interface ZIMLoginConfig {
  userName: string;
  token: string;
  isOfflineLogin: boolean;
  customStatus: string;
  customStatusDuration: number;
}

export interface ZIMLogoutConfig {
  isClearDB: boolean;
}

export interface ZIMUsersInfoQueryConfig {
  isQueryFromServer: boolean;
}

export interface ZIMUserCustomStatusUpdateConfig {
  duration: number;
}
