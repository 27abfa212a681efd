import { EVENT_V2, TYPES_V2, VERSION_V2 } from './constants.ts';
import { create } from './sdk.ts';

/** Drop-in for `tim-js-sdk` and `tim-wx-sdk`. */
const TIM = { create, EVENT: EVENT_V2, TYPES: TYPES_V2, VERSION: VERSION_V2 } as const;

// The vendor's typings name the constants' types through the default export too.
declare namespace TIM {
  type EVENT = (typeof EVENT_V2)[keyof typeof EVENT_V2];
  type TYPES = (typeof TYPES_V2)[keyof typeof TYPES_V2];
}

export default TIM;
export type { ChatSDK } from './sdk.ts';
export type { CreateOptions } from './context.ts';
export type { TimError } from './errors.ts';
export type * from './types.ts';
