import { requireId, toSeconds, wholeNumber } from './checks.ts';
import { CredentialError } from './errors.ts';
import { type VerifyUserSigOptions, signUserSig, verifyUserSig } from './user-sig.ts';

/** Rights inside a room, one bit each. */
export const ROOM_PRIVILEGE = {
  createRoom: 1,
  enterRoom: 2,
  sendAudio: 4,
  receiveAudio: 8,
  sendVideo: 16,
  receiveVideo: 32,
  sendSubStream: 64,
  receiveSubStream: 128,
} as const;

/** A room is named by a number or by a text. */
export type RoomId = number | string;

/** What the userbuf of a PrivateMapKey says. */
export interface RoomRights {
  readonly account: string;
  readonly sdkAppId: number;
  readonly roomId: RoomId;
  /** Milliseconds UTC. */
  readonly expiresAt: number;
  /** A sum of {@link ROOM_PRIVILEGE}. */
  readonly privileges: number;
}

export interface SignPrivateMapKeyInput {
  readonly sdkAppId: number;
  readonly secret: string;
  readonly userId: string;
  /** Milliseconds UTC. */
  readonly now: number;
  readonly expireSeconds: number;
  readonly roomId: RoomId;
  readonly privileges: number;
}

const MAX_UINT32 = 0xffff_ffff;
const NUMERIC_ROOM = 0;
const STRING_ROOM = 1;

/** Makes a UserSig that also names a room and the user's rights in it. */
export function signPrivateMapKey(input: SignPrivateMapKeyInput): string {
  const { roomId, privileges, ...sig } = input;
  const expiresAt = (toSeconds(input.now) + input.expireSeconds) * 1000;
  const rights: RoomRights = {
    account: input.userId,
    sdkAppId: input.sdkAppId,
    roomId,
    expiresAt,
    privileges,
  };
  return signUserSig({ ...sig, userbuf: encodeRoomRights(rights) });
}

/** Checks a PrivateMapKey: the signature around it, then that the rights inside are this user's and current. */
export function verifyPrivateMapKey(token: string, options: VerifyUserSigOptions): RoomRights {
  const claims = verifyUserSig(token, options);
  if (claims.userbuf === undefined) throw new CredentialError('wrongKind', 'a UserSig without room rights');
  const rights = decodeRoomRights(claims.userbuf);
  if (rights.sdkAppId !== claims.sdkAppId) throw new CredentialError('wrongApp', 'rights are of another app');
  if (rights.account !== claims.userId) throw new CredentialError('wrongUser', 'rights are of another user');
  if (!(rights.expiresAt > options.now)) throw new CredentialError('expired', 'rights have expired');
  return rights;
}

/** The big-endian layout of a userbuf. */
export function encodeRoomRights(rights: RoomRights): Uint8Array {
  const account = Buffer.from(requireId(rights.account, 'account'));
  const isText = typeof rights.roomId === 'string';
  const fixed = Buffer.alloc(20);
  fixed.writeUInt32BE(wholeNumber(rights.sdkAppId, 'sdkAppId', MAX_UINT32), 0);
  fixed.writeUInt32BE(isText ? 0 : wholeNumber(rights.roomId, 'roomId', MAX_UINT32), 4);
  fixed.writeUInt32BE(wholeNumber(Math.floor(rights.expiresAt / 1000), 'expiresAt', MAX_UINT32), 8);
  fixed.writeUInt32BE(wholeNumber(rights.privileges, 'privileges', MAX_UINT32), 12);
  const parts = [Buffer.of(isText ? STRING_ROOM : NUMERIC_ROOM), withLength(account), fixed];
  if (typeof rights.roomId === 'string') {
    parts.push(withLength(Buffer.from(requireId(rights.roomId, 'roomId'))));
  }
  return Buffer.concat(parts);
}

/** Reads a userbuf; anything but exactly one of the two layouts is `malformed`. */
export function decodeRoomRights(userbuf: Uint8Array): RoomRights {
  const bytes = Buffer.from(userbuf);
  const version = bytes[0];
  if (version !== NUMERIC_ROOM && version !== STRING_ROOM) {
    throw new CredentialError(bytes.length === 0 ? 'malformed' : 'versionUnsupported', 'unknown userbuf');
  }
  const account = readText(bytes, 1);
  const at = account.end;
  if (bytes.length < at + 20) throw new CredentialError('malformed', 'userbuf is too short');
  const room = version === STRING_ROOM ? readText(bytes, at + 20) : { text: undefined, end: at + 20 };
  if (bytes.length !== room.end) throw new CredentialError('malformed', 'userbuf has another length');
  return {
    account: account.text,
    sdkAppId: bytes.readUInt32BE(at),
    roomId: room.text ?? bytes.readUInt32BE(at + 4),
    expiresAt: bytes.readUInt32BE(at + 8) * 1000,
    privileges: bytes.readUInt32BE(at + 12),
  };
}

function withLength(text: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([length, text]);
}

function readText(bytes: Buffer, offset: number): { readonly text: string; readonly end: number } {
  if (bytes.length < offset + 2) throw new CredentialError('malformed', 'userbuf is too short');
  const end = offset + 2 + bytes.readUInt16BE(offset);
  if (bytes.length < end) throw new CredentialError('malformed', 'userbuf is too short');
  return { text: requireId(bytes.toString('utf8', offset + 2, end), 'userbuf text'), end };
}
