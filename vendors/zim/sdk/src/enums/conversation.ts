import { vendorEnum, type EnumValue } from './vendor-enum.ts';

/** Kind of conversation change. */
export const ZIMConversationEvent = /* @__PURE__ */ vendorEnum({
  Added: 0,
  Updated: 1,
  Disabled: 2,
  Deleted: 3,
});
export type ZIMConversationEvent = EnumValue<typeof ZIMConversationEvent>;
export declare namespace ZIMConversationEvent {
  type Added = 0;
  type Updated = 1;
  type Disabled = 2;
  type Deleted = 3;
}

/** Per-conversation do-not-disturb. */
export const ZIMConversationNotificationStatus = /* @__PURE__ */ vendorEnum({
  Notify: 1,
  DoNotDisturb: 2,
});
export type ZIMConversationNotificationStatus = EnumValue<typeof ZIMConversationNotificationStatus>;
export declare namespace ZIMConversationNotificationStatus {
  type Notify = 1;
  type DoNotDisturb = 2;
}

/** Conversation kind. */
export const ZIMConversationType = /* @__PURE__ */ vendorEnum({
  Unknown: -1,
  Peer: 0,
  Room: 1,
  Group: 2,
  CommunityChannel: 3,
});
export type ZIMConversationType = EnumValue<typeof ZIMConversationType>;
export declare namespace ZIMConversationType {
  type Unknown = -1;
  type Peer = 0;
  type Room = 1;
  type Group = 2;
  type CommunityChannel = 3;
}

/** List sync after login/reconnect. */
export const ZIMConversationSyncState = /* @__PURE__ */ vendorEnum({
  Started: 0,
  Finished: 1,
  Failed: 2,
});
export type ZIMConversationSyncState = EnumValue<typeof ZIMConversationSyncState>;
export declare namespace ZIMConversationSyncState {
  type Started = 0;
  type Finished = 1;
  type Failed = 2;
}

/** Filter on pin state. */
export const ZIMConversationPinnedFilter = /* @__PURE__ */ vendorEnum({
  All: 0,
  OnlyPinned: 1,
  OnlyUnpinned: 2,
});
export type ZIMConversationPinnedFilter = EnumValue<typeof ZIMConversationPinnedFilter>;
export declare namespace ZIMConversationPinnedFilter {
  type All = 0;
  type OnlyPinned = 1;
  type OnlyUnpinned = 2;
}

/** Search mode. */
export const ZIMConversationSearchMode = /* @__PURE__ */ vendorEnum({
  MatchMessage: 0,
  MatchConversationName: 1,
});
export type ZIMConversationSearchMode = EnumValue<typeof ZIMConversationSearchMode>;
export declare namespace ZIMConversationSearchMode {
  type MatchMessage = 0;
  type MatchConversationName = 1;
}
