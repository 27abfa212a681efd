import { inflateSync } from 'node:zlib';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  ROOM_PRIVILEGE,
  decodeRoomRights,
  encodeRoomRights,
  signPrivateMapKey,
  verifyPrivateMapKey,
} from './private-map-key.ts';
import { NOW, reasonOf, valueOrRefusal } from './test-support.ts';
import { signUserSig } from './user-sig.ts';

interface VendorApi {
  genPrivateMapKey(userId: string, expire: number, roomId: number, privileges: number): string;
  genPrivateMapKeyWithStringRoomID(userId: string, expire: number, room: string, privileges: number): string;
}
const vendor = createRequire(import.meta.url)('tls-sig-api-v2') as {
  Api: new (sdkAppId: number, key: string) => VendorApi;
};

const sdkAppId = 1_400_000_000;
const secret = '5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e';
const base = { sdkAppId, secret, userId: 'xiaojun', now: NOW, expireSeconds: 86_400, privileges: 255 };
const options = { sdkAppId, secrets: [secret], now: NOW };
const rightsB = {
  account: 'xiaojun',
  sdkAppId,
  roomId: 12_345,
  expiresAt: NOW + 86_400_000,
  privileges: 255,
};
const hexB = '0000077869616f6a756e53724e000000303965554280000000ff00000000';
const hexC = '0100077869616f6a756e53724e000000000065554280000000ff000000000006726f6f6d2d61';

function open(token: string): Record<string, unknown> {
  const base64 = token.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '=');
  return JSON.parse(inflateSync(Buffer.from(base64, 'base64')).toString()) as Record<string, unknown>;
}

afterEach(() => vi.useRealTimers());

describe('PrivateMapKey vectors', () => {
  it.each([
    [
      'B',
      12_345,
      hexB,
      'AAAHeGlhb2p1blNyTgAAADA5ZVVCgAAAAP8AAAAA',
      '4pGIU3qYWJmsREhstSaDTJvpu6UE5U+21p7Q7nxTdKg=',
    ],
    [
      'C',
      'room-a',
      hexC,
      'AQAHeGlhb2p1blNyTgAAAAAAZVVCgAAAAP8AAAAAAAZyb29tLWE=',
      'ZqNRyNR8e29hlWc+C8zlMQHPaIQwB0+E4mHo+cqrkuo=',
    ],
  ])('%s: room %s', (_name, roomId, hex, userbuf, sig) => {
    const rights = { ...rightsB, roomId };
    expect(Buffer.from(encodeRoomRights(rights)).toString('hex')).toBe(hex);
    expect(decodeRoomRights(Buffer.from(hex, 'hex'))).toEqual(rights);
    const token = signPrivateMapKey({ ...base, roomId });
    expect(open(token)).toMatchObject({ 'TLS.userbuf': userbuf, 'TLS.sig': sig });
    expect(verifyPrivateMapKey(token, { ...options, userId: 'xiaojun' })).toEqual(rights);
  });

  it('verifies what the vendor’s generator makes', () => {
    vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
    const api = new vendor.Api(sdkAppId, secret);
    expect(verifyPrivateMapKey(api.genPrivateMapKey('xiaojun', 86_400, 12_345, 255), options)).toEqual(
      rightsB,
    );
    const text = api.genPrivateMapKeyWithStringRoomID('xiaojun', 86_400, 'room-a', 42);
    expect(verifyPrivateMapKey(text, options)).toEqual({ ...rightsB, roomId: 'room-a', privileges: 42 });
    const { enterRoom, receiveAudio, receiveVideo } = ROOM_PRIVILEGE;
    expect(enterRoom + receiveAudio + receiveVideo).toBe(42);
  });
});

describe('refusals', () => {
  const wrap = (rights: Partial<typeof rightsB>) =>
    signUserSig({
      sdkAppId,
      secret,
      userId: 'xiaojun',
      now: NOW,
      userbuf: encodeRoomRights({ ...rightsB, ...rights }),
    });
  const at = (token: string) => reasonOf(() => verifyPrivateMapKey(token, options));

  it('wants rights of the same user and app, and current ones', () => {
    expect(at(signUserSig(base))).toBe('wrongKind');
    expect(at(wrap({ account: 'other' }))).toBe('wrongUser');
    expect(at(wrap({ sdkAppId: 1 }))).toBe('wrongApp');
    expect(at(wrap({ expiresAt: NOW }))).toBe('expired');
  });

  it('reads exactly the two layouts', () => {
    expect(reasonOf(() => decodeRoomRights(new Uint8Array()))).toBe('malformed');
    expect(reasonOf(() => decodeRoomRights(Buffer.from(`02${hexB.slice(2)}`, 'hex')))).toBe(
      'versionUnsupported',
    );
    expect(reasonOf(() => decodeRoomRights(Buffer.from(`${hexB}00`, 'hex')))).toBe('malformed');
    for (let size = 2; size < hexC.length; size += 2) {
      expect(reasonOf(() => decodeRoomRights(Buffer.from(hexC.slice(0, size), 'hex')))).toBe('malformed');
    }
  });

  it('refuses room ids that do not fit', () => {
    expect(reasonOf(() => signPrivateMapKey({ ...base, roomId: 2 ** 32 }))).toBe('malformed');
    expect(reasonOf(() => signPrivateMapKey({ ...base, roomId: '' }))).toBe('malformed');
  });

  it('ends in rights or a CredentialError for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(0, 1), (bytes, version) => {
        valueOrRefusal(() => decodeRoomRights(bytes));
        valueOrRefusal(() => decodeRoomRights(Uint8Array.of(version, 0, 1, 65, ...bytes)));
      }),
      { numRuns: 300 },
    );
  });
});
