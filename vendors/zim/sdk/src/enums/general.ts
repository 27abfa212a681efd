import { vendorEnum, type EnumValue } from './vendor-enum.ts';

/** Own link to the service. */
export const ZIMConnectionState = /* @__PURE__ */ vendorEnum({
  Disconnected: 0,
  Connecting: 1,
  Connected: 2,
  Reconnecting: 3,
});
export type ZIMConnectionState = EnumValue<typeof ZIMConnectionState>;
export declare namespace ZIMConnectionState {
  type Disconnected = 0;
  type Connecting = 1;
  type Connected = 2;
  type Reconnecting = 3;
}

/** Why the link state changed. */
export const ZIMConnectionEvent = /* @__PURE__ */ vendorEnum({
  Success: 0,
  ActiveLogin: 1,
  LoginTimeout: 2,
  LoginInterrupted: 3,
  KickedOut: 4,
  TokenExpired: 5,
  Unregistered: 6,
});
export type ZIMConnectionEvent = EnumValue<typeof ZIMConnectionEvent>;
export declare namespace ZIMConnectionEvent {
  type Success = 0;
  type ActiveLogin = 1;
  type LoginTimeout = 2;
  type LoginInterrupted = 3;
  type KickedOut = 4;
  type TokenExpired = 5;
  type Unregistered = 6;
}

/** iOS VoIP handle kind. */
export const ZIMCXHandleType = /* @__PURE__ */ vendorEnum({
  Generic: 1,
  PhoneNumber: 2,
  EmailAddress: 3,
});
export type ZIMCXHandleType = EnumValue<typeof ZIMCXHandleType>;
export declare namespace ZIMCXHandleType {
  type Generic = 1;
  type PhoneNumber = 2;
  type EmailAddress = 3;
}

/** Geofencing type. */
export const ZIMGeofencingType = /* @__PURE__ */ vendorEnum({
  None: 0,
  Include: 1,
  Exclude: 2,
});
export type ZIMGeofencingType = EnumValue<typeof ZIMGeofencingType>;
export declare namespace ZIMGeofencingType {
  type None = 0;
  type Include = 1;
  type Exclude = 2;
}

/** Values: no 8. */
export const ZIMPlatformType = /* @__PURE__ */ vendorEnum({
  Win: 1,
  IPhoneOS: 2,
  Android: 3,
  MacOS: 4,
  Linux: 5,
  Web: 6,
  MiniProgram: 7,
  IPadOS: 9,
  OHOS: 10,
  Unknown: 32,
});
export type ZIMPlatformType = EnumValue<typeof ZIMPlatformType>;
export declare namespace ZIMPlatformType {
  type Win = 1;
  type IPhoneOS = 2;
  type Android = 3;
  type MacOS = 4;
  type Linux = 5;
  type Web = 6;
  type MiniProgram = 7;
  type IPadOS = 9;
  type OHOS = 10;
  type Unknown = 32;
}

/** User online status. */
export const ZIMUserOnlineStatus = /* @__PURE__ */ vendorEnum({
  Online: 0,
  Offline: 1,
  Logout: 2,
  Unknown: 99,
});
export type ZIMUserOnlineStatus = EnumValue<typeof ZIMUserOnlineStatus>;
export declare namespace ZIMUserOnlineStatus {
  type Online = 0;
  type Offline = 1;
  type Logout = 2;
  type Unknown = 99;
}
