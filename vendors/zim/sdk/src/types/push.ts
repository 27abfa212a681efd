// Offline push: the shapes apps use, with the vendor’s names. Times are ms, durations s, unless a name says otherwise.
import type { ZIMCXHandleType, ZIMPlatformType } from '../enums/general.ts';
export interface ZIMUserOfflinePushRule {
  onlinePlatforms: ZIMPlatformType[];
  notToReceiveOfflinePushPlatforms: ZIMPlatformType[];
}

export interface ZIMOfflinePushPrivateMessageTemplate {
  templateID: string;
  titleParameters: string;
  contentParameters: string;
}

export interface ZIMVoIPConfig {
  iOSVoIPHandleType: ZIMCXHandleType;
  iOSVoIPHandleValue: string;
  iOSVoIPHasVideo: boolean;
}

export interface ZIMPushConfig {
  title: string;
  content: string;
  payload: string;
  resourcesID: string;
  threadID: string;
  enableBadge: boolean;
  badgeIncrement: number;
  voIPConfig?: ZIMVoIPConfig;
  privateMessageTemplate?: ZIMOfflinePushPrivateMessageTemplate;
}
