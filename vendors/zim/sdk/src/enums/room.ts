import { vendorEnum, type EnumValue } from './vendor-enum.ts';

/** Why room state changed. */
export const ZIMRoomEvent = /* @__PURE__ */ vendorEnum({
  Success: 0,
  NetworkInterrupted: 1,
  NetworkDisconnected: 2,
  RoomNotExist: 3,
  ActiveCreate: 4,
  CreateFailed: 5,
  ActiveEnter: 6,
  EnterFailed: 7,
  KickedOut: 8,
  ConnectTimeout: 9,
  KickedOutByOtherDevice: 10,
  ActiveSwitch: 11,
  SwitchFailed: 12,
});
export type ZIMRoomEvent = EnumValue<typeof ZIMRoomEvent>;
export declare namespace ZIMRoomEvent {
  type Success = 0;
  type NetworkInterrupted = 1;
  type NetworkDisconnected = 2;
  type RoomNotExist = 3;
  type ActiveCreate = 4;
  type CreateFailed = 5;
  type ActiveEnter = 6;
  type EnterFailed = 7;
  type KickedOut = 8;
  type ConnectTimeout = 9;
  type KickedOutByOtherDevice = 10;
  type ActiveSwitch = 11;
  type SwitchFailed = 12;
}

/** Own link to a room. */
export const ZIMRoomState = /* @__PURE__ */ vendorEnum({
  Disconnected: 0,
  Connecting: 1,
  Connected: 2,
});
export type ZIMRoomState = EnumValue<typeof ZIMRoomState>;
export declare namespace ZIMRoomState {
  type Disconnected = 0;
  type Connecting = 1;
  type Connected = 2;
}

/** Room attributes update action. */
export const ZIMRoomAttributesUpdateAction = /* @__PURE__ */ vendorEnum({
  Set: 0,
  Delete: 1,
});
export type ZIMRoomAttributesUpdateAction = EnumValue<typeof ZIMRoomAttributesUpdateAction>;
export declare namespace ZIMRoomAttributesUpdateAction {
  type Set = 0;
  type Delete = 1;
}

/** Not referenced by any 2.29 type. */
export const ZIMRoomMemberAttributesUpdateAction = /* @__PURE__ */ vendorEnum({
  Set: 0,
});
export type ZIMRoomMemberAttributesUpdateAction = EnumValue<typeof ZIMRoomMemberAttributesUpdateAction>;
export declare namespace ZIMRoomMemberAttributesUpdateAction {
  type Set = 0;
}
