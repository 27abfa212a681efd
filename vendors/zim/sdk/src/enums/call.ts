import { vendorEnum, type EnumValue } from './vendor-enum.ts';

/** Call invitation mode. */
export const ZIMCallInvitationMode = /* @__PURE__ */ vendorEnum({
  Unknown: -1,
  General: 0,
  Advanced: 1,
});
export type ZIMCallInvitationMode = EnumValue<typeof ZIMCallInvitationMode>;
export declare namespace ZIMCallInvitationMode {
  type Unknown = -1;
  type General = 0;
  type Advanced = 1;
}

/** Call state. */
export const ZIMCallState = /* @__PURE__ */ vendorEnum({
  Unknown: -1,
  Started: 1,
  Ended: 2,
});
export type ZIMCallState = EnumValue<typeof ZIMCallState>;
export declare namespace ZIMCallState {
  type Unknown = -1;
  type Started = 1;
  type Ended = 2;
}

/** State of one participant. */
export const ZIMCallUserState = /* @__PURE__ */ vendorEnum({
  Unknown: -1,
  Inviting: 0,
  Accepted: 1,
  Rejected: 2,
  Cancelled: 3,
  Offline: 4,
  Received: 5,
  Timeout: 6,
  Quit: 7,
  Ended: 8,
  NotYetReceived: 9,
  BeCancelled: 10,
});
export type ZIMCallUserState = EnumValue<typeof ZIMCallUserState>;
export declare namespace ZIMCallUserState {
  type Unknown = -1;
  type Inviting = 0;
  type Accepted = 1;
  type Rejected = 2;
  type Cancelled = 3;
  type Offline = 4;
  type Received = 5;
  type Timeout = 6;
  type Quit = 7;
  type Ended = 8;
  type NotYetReceived = 9;
  type BeCancelled = 10;
}
