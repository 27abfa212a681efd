import { vendorEnum, type EnumValue } from './vendor-enum.ts';

/** Own membership. */
export const ZIMGroupState = /* @__PURE__ */ vendorEnum({
  Quit: 0,
  Enter: 1,
});
export type ZIMGroupState = EnumValue<typeof ZIMGroupState>;
export declare namespace ZIMGroupState {
  type Quit = 0;
  type Enter = 1;
}

/** Own membership event. */
export const ZIMGroupEvent = /* @__PURE__ */ vendorEnum({
  Unknown: -1,
  Created: 1,
  Dismissed: 2,
  Joined: 3,
  Invited: 4,
  Left: 5,
  KickedOut: 6,
});
export type ZIMGroupEvent = EnumValue<typeof ZIMGroupEvent>;
export declare namespace ZIMGroupEvent {
  type Unknown = -1;
  type Created = 1;
  type Dismissed = 2;
  type Joined = 3;
  type Invited = 4;
  type Left = 5;
  type KickedOut = 6;
}

/** Other members (note: no 3). */
export const ZIMGroupMemberEvent = /* @__PURE__ */ vendorEnum({
  Unknown: -1,
  Joined: 1,
  Left: 2,
  KickedOut: 4,
  Invited: 5,
});
export type ZIMGroupMemberEvent = EnumValue<typeof ZIMGroupMemberEvent>;
export declare namespace ZIMGroupMemberEvent {
  type Unknown = -1;
  type Joined = 1;
  type Left = 2;
  type KickedOut = 4;
  type Invited = 5;
}

/** Group member state. */
export const ZIMGroupMemberState = /* @__PURE__ */ vendorEnum({
  Quit: 0,
  Enter: 1,
});
export type ZIMGroupMemberState = EnumValue<typeof ZIMGroupMemberState>;
export declare namespace ZIMGroupMemberState {
  type Quit = 0;
  type Enter = 1;
}

/** Group-level do-not-disturb. */
export const ZIMGroupMessageNotificationStatus = /* @__PURE__ */ vendorEnum({
  Notify: 1,
  Disturb: 2,
});
export type ZIMGroupMessageNotificationStatus = EnumValue<typeof ZIMGroupMessageNotificationStatus>;
export declare namespace ZIMGroupMessageNotificationStatus {
  type Notify = 1;
  type Disturb = 2;
}

/** Group attributes update action. */
export const ZIMGroupAttributesUpdateAction = /* @__PURE__ */ vendorEnum({
  Set: 0,
  Delete: 1,
});
export type ZIMGroupAttributesUpdateAction = EnumValue<typeof ZIMGroupAttributesUpdateAction>;
export declare namespace ZIMGroupAttributesUpdateAction {
  type Set = 0;
  type Delete = 1;
}

/** Group mute mode. */
export const ZIMGroupMuteMode = /* @__PURE__ */ vendorEnum({
  None: 0,
  Normal: 1,
  All: 2,
  Custom: 3,
});
export type ZIMGroupMuteMode = EnumValue<typeof ZIMGroupMuteMode>;
export declare namespace ZIMGroupMuteMode {
  type None = 0;
  type Normal = 1;
  type All = 2;
  type Custom = 3;
}

/** How outsiders join. */
export const ZIMGroupJoinMode = /* @__PURE__ */ vendorEnum({
  Any: 0,
  Auth: 1,
  Forbid: 2,
});
export type ZIMGroupJoinMode = EnumValue<typeof ZIMGroupJoinMode>;
export declare namespace ZIMGroupJoinMode {
  type Any = 0;
  type Auth = 1;
  type Forbid = 2;
}

/** Who may invite. */
export const ZIMGroupInviteMode = /* @__PURE__ */ vendorEnum({
  Any: 0,
  Admin: 1,
});
export type ZIMGroupInviteMode = EnumValue<typeof ZIMGroupInviteMode>;
export declare namespace ZIMGroupInviteMode {
  type Any = 0;
  type Admin = 1;
}

/** Consent of the invitee. */
export const ZIMGroupBeInviteMode = /* @__PURE__ */ vendorEnum({
  None: 0,
  Auth: 1,
});
export type ZIMGroupBeInviteMode = EnumValue<typeof ZIMGroupBeInviteMode>;
export declare namespace ZIMGroupBeInviteMode {
  type None = 0;
  type Auth = 1;
}

/** How a member came in. */
export const ZIMGroupEnterType = /* @__PURE__ */ vendorEnum({
  Unknown: 0,
  Created: 1,
  JoinApply: 2,
  Joined: 3,
  Invited: 4,
  InviteApply: 5,
});
export type ZIMGroupEnterType = EnumValue<typeof ZIMGroupEnterType>;
export declare namespace ZIMGroupEnterType {
  type Unknown = 0;
  type Created = 1;
  type JoinApply = 2;
  type Joined = 3;
  type Invited = 4;
  type InviteApply = 5;
}

/** Group application type. */
export const ZIMGroupApplicationType = /* @__PURE__ */ vendorEnum({
  Unknown: -1,
  None: 0,
  Join: 1,
  Invite: 2,
  BeInvite: 3,
});
export type ZIMGroupApplicationType = EnumValue<typeof ZIMGroupApplicationType>;
export declare namespace ZIMGroupApplicationType {
  type Unknown = -1;
  type None = 0;
  type Join = 1;
  type Invite = 2;
  type BeInvite = 3;
}

/** Values: starts at 1. */
export const ZIMGroupApplicationState = /* @__PURE__ */ vendorEnum({
  Unknown: -1,
  Waiting: 1,
  Accepted: 2,
  Rejected: 3,
  Expired: 4,
  Disabled: 5,
});
export type ZIMGroupApplicationState = EnumValue<typeof ZIMGroupApplicationState>;
export declare namespace ZIMGroupApplicationState {
  type Unknown = -1;
  type Waiting = 1;
  type Accepted = 2;
  type Rejected = 3;
  type Expired = 4;
  type Disabled = 5;
}

/** Group application list change action. */
export const ZIMGroupApplicationListChangeAction = /* @__PURE__ */ vendorEnum({
  Added: 0,
});
export type ZIMGroupApplicationListChangeAction = EnumValue<typeof ZIMGroupApplicationListChangeAction>;
export declare namespace ZIMGroupApplicationListChangeAction {
  type Added = 0;
}
