import { EVENT_V3, TSIGNALING, TYPES_V3, VERSION_V3 } from './constants.ts';
import { create } from './sdk.ts';

/** Drop-in for `@tencentcloud/chat`. */
const TencentCloudChat = {
  create,
  EVENT: EVENT_V3,
  TYPES: TYPES_V3,
  TSignaling: TSIGNALING,
  VERSION: VERSION_V3,
} as const;

declare namespace TencentCloudChat {
  type EVENT = (typeof EVENT_V3)[keyof typeof EVENT_V3];
  type TYPES = (typeof TYPES_V3)[keyof typeof TYPES_V3];
  type TSignaling = (typeof TSIGNALING)[keyof typeof TSIGNALING];
}

export default TencentCloudChat;
export type { ChatSDK } from './sdk.ts';
export type { CreateOptions } from './context.ts';
export type { TimError } from './errors.ts';
export type * from './types.ts';
