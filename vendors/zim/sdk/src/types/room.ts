// Rooms: the shapes apps use, with the vendor’s names. Times are ms, durations s, unless a name says otherwise.
import type { ZIMRoomAttributesUpdateAction } from '../enums/room.ts';
import type { ZIMUserInfo } from './general.ts';
export interface ZIMRoomInfo {
  roomID: string;
  roomName: string;
}

export interface ZIMRoomFullInfo {
  baseInfo: ZIMRoomInfo;
}

export type ZIMRoomMemberInfo = ZIMUserInfo;

export interface ZIMRoomMemberQueryConfig {
  nextFlag: string;
  count: number;
}

export interface ZIMRoomAdvancedConfig {
  roomAttributes: Record<string, string>;
  roomDestroyDelayTime: number;
}

export interface ZIMRoomAttributesSetConfig {
  isForce: boolean;
  isDeleteAfterOwnerLeft: boolean;
  isUpdateOwner: boolean;
}

export interface ZIMRoomAttributesBatchOperationConfig {
  isForce: boolean;
  isDeleteAfterOwnerLeft: boolean;
  isUpdateOwner: boolean;
}

export interface ZIMRoomAttributesDeleteConfig {
  isForce: boolean;
}

export interface ZIMRoomAttributesUpdateInfo {
  action: ZIMRoomAttributesUpdateAction;
  roomAttributes: Record<string, string>;
}

export interface ZIMRoomMemberAttributesInfo {
  userID: string;
  attributes: Record<string, string>;
}

export interface ZIMRoomMemberAttributesOperatedInfo {
  attributesInfo: ZIMRoomMemberAttributesInfo;
  errorKeys: string[];
}

export interface ZIMRoomMemberAttributesUpdateInfo {
  attributesInfo: ZIMRoomMemberAttributesInfo;
}

export interface ZIMRoomMemberAttributesSetConfig {
  isDeleteAfterOwnerLeft: boolean;
}

export interface ZIMRoomMemberAttributesQueryConfig {
  nextFlag: string;
  count: number;
}

export interface ZIMRoomOperatedInfo {
  userID: string;
}
