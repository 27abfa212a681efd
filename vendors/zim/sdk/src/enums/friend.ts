import { vendorEnum, type EnumValue } from './vendor-enum.ts';

/** Friend list change action. */
export const ZIMFriendListChangeAction = /* @__PURE__ */ vendorEnum({
  Added: 0,
  Deleted: 1,
});
export type ZIMFriendListChangeAction = EnumValue<typeof ZIMFriendListChangeAction>;
export declare namespace ZIMFriendListChangeAction {
  type Added = 0;
  type Deleted = 1;
}

/** Friend application list change action. */
export const ZIMFriendApplicationListChangeAction = /* @__PURE__ */ vendorEnum({
  Added: 0,
  Deleted: 1,
});
export type ZIMFriendApplicationListChangeAction = EnumValue<typeof ZIMFriendApplicationListChangeAction>;
export declare namespace ZIMFriendApplicationListChangeAction {
  type Added = 0;
  type Deleted = 1;
}

/** Friend application type. */
export const ZIMFriendApplicationType = /* @__PURE__ */ vendorEnum({
  Unknown: -1,
  None: 0,
  Received: 1,
  Sent: 2,
  Both: 3,
});
export type ZIMFriendApplicationType = EnumValue<typeof ZIMFriendApplicationType>;
export declare namespace ZIMFriendApplicationType {
  type Unknown = -1;
  type None = 0;
  type Received = 1;
  type Sent = 2;
  type Both = 3;
}

/** Values: starts at 1. */
export const ZIMFriendApplicationState = /* @__PURE__ */ vendorEnum({
  Unknown: -1,
  Waiting: 1,
  Accepted: 2,
  Rejected: 3,
  Expired: 4,
  Disabled: 5,
});
export type ZIMFriendApplicationState = EnumValue<typeof ZIMFriendApplicationState>;
export declare namespace ZIMFriendApplicationState {
  type Unknown = -1;
  type Waiting = 1;
  type Accepted = 2;
  type Rejected = 3;
  type Expired = 4;
  type Disabled = 5;
}

/** Friend relation check type. */
export const ZIMFriendRelationCheckType = /* @__PURE__ */ vendorEnum({
  Both: 0,
  Single: 1,
});
export type ZIMFriendRelationCheckType = EnumValue<typeof ZIMFriendRelationCheckType>;
export declare namespace ZIMFriendRelationCheckType {
  type Both = 0;
  type Single = 1;
}

/** Friend delete type. */
export const ZIMFriendDeleteType = /* @__PURE__ */ vendorEnum({
  Both: 0,
  Single: 1,
});
export type ZIMFriendDeleteType = EnumValue<typeof ZIMFriendDeleteType>;
export declare namespace ZIMFriendDeleteType {
  type Both = 0;
  type Single = 1;
}

/** Result of a check. */
export const ZIMUserRelationType = /* @__PURE__ */ vendorEnum({
  Unknown: 0,
  SingleNo: 1,
  SingleHave: 2,
  BothAllNo: 3,
  BothSelfHave: 4,
  BothOtherHave: 5,
  BothAllHave: 6,
});
export type ZIMUserRelationType = EnumValue<typeof ZIMUserRelationType>;
export declare namespace ZIMUserRelationType {
  type Unknown = 0;
  type SingleNo = 1;
  type SingleHave = 2;
  type BothAllNo = 3;
  type BothSelfHave = 4;
  type BothOtherHave = 5;
  type BothAllHave = 6;
}

/** Blacklist change action. */
export const ZIMBlacklistChangeAction = /* @__PURE__ */ vendorEnum({
  Added: 0,
  Removed: 1,
});
export type ZIMBlacklistChangeAction = EnumValue<typeof ZIMBlacklistChangeAction>;
export declare namespace ZIMBlacklistChangeAction {
  type Added = 0;
  type Removed = 1;
}
