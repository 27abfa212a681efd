// Call invitations: the shapes apps use, with the vendor’s names. Times are ms, durations s, unless a name says otherwise.
import type { ZIMCallInvitationMode, ZIMCallState, ZIMCallUserState } from '../enums/call.ts';
import type { ZIMErrorUserInfo } from './general.ts';
import type { ZIMPushConfig } from './push.ts';
export interface ZIMCallUserInfo {
  userID: string;
  state: ZIMCallUserState;
  extendedData: string;
}

export interface ZIMCallInviteConfig {
  timeout: number;
  mode: ZIMCallInvitationMode;
  extendedData: string;
  enableNotReceivedCheck?: boolean;
  pushConfig?: ZIMPushConfig;
}

export interface ZIMCallingInviteConfig {
  pushConfig?: ZIMPushConfig;
}

export interface ZIMCallJoinConfig {
  extendedData: string;
}

export interface ZIMCallQuitConfig {
  extendedData: string;
  pushConfig?: ZIMPushConfig;
}

export interface ZIMCallEndConfig {
  extendedData: string;
  pushConfig?: ZIMPushConfig;
}

export interface ZIMCallCancelConfig {
  extendedData: string;
  pushConfig?: ZIMPushConfig;
}

export interface ZIMCallAcceptConfig {
  extendedData: string;
}

export interface ZIMCallRejectConfig {
  extendedData: string;
}

export interface ZIMCallInvitationSentInfo {
  timeout: number;
  errorUserList: ZIMErrorUserInfo[];
  /** @deprecated */
  errorInvitees: ZIMCallUserInfo[];
}

export interface ZIMCallingInvitationSentInfo {
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMCallJoinSentInfo {
  extendedData: string;
  createTime: number;
  joinTime: number;
  callUserList: ZIMCallUserInfo[];
}

export interface ZIMCallQuitSentInfo {
  createTime: number;
  acceptTime: number;
  quitTime: number;
}

export interface ZIMCallEndedSentInfo {
  createTime: number;
  acceptTime: number;
  endTime: number;
}

export interface ZIMCallInvitationReceivedInfo {
  mode: ZIMCallInvitationMode;
  timeout: number;
  caller: string;
  inviter: string;
  createTime: number;
  callUserList: ZIMCallUserInfo[];
  extendedData: string;
}

export interface ZIMCallInvitationCreatedInfo {
  mode: ZIMCallInvitationMode;
  caller: string;
  extendedData: string;
  timeout: number;
  createTime: number;
  callUserList: ZIMCallUserInfo[];
}

export interface ZIMCallInvitationCancelledInfo {
  inviter: string;
  mode: ZIMCallInvitationMode;
  extendedData: string;
}

export interface ZIMCallInvitationAcceptedInfo {
  invitee: string;
  extendedData: string;
}

export interface ZIMCallInvitationRejectedInfo {
  invitee: string;
  extendedData: string;
}

export interface ZIMCallInvitationEndedInfo {
  caller: string;
  operatedUserID: string;
  extendedData: string;
  mode: ZIMCallInvitationMode;
  endTime: number;
}

export interface ZIMCallInvitationTimeoutInfo {
  mode: ZIMCallInvitationMode;
}

export interface ZIMCallInvitationQueryConfig {
  count: number;
  nextFlag?: number;
}

export interface ZIMCallInfo {
  callID: string;
  caller: string;
  inviter: string;
  createTime: number;
  endTime: number;
  state: ZIMCallState;
  mode: ZIMCallInvitationMode;
  extendedData: string;
  callUserList: ZIMCallUserInfo[];
}

export interface ZIMCallUserStateChangeInfo {
  callUserList: ZIMCallUserInfo[];
}
