import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CredentialError } from './errors.ts';
import { NOW, reasonOf, singleCharacterChanges, valueOrRefusal } from './test-support.ts';
import { type UserSigClaims, signUserSig, verifyUserSig } from './user-sig.ts';

interface VendorApi {
  genSig(userId: string, expire: number, userbuf?: Buffer): string;
  genUserSig(userId: string, expire: number): string;
}
const vendor = createRequire(import.meta.url)('tls-sig-api-v2') as {
  Api: new (sdkAppId: number | string, key: string) => VendorApi;
};

const sdkAppId = 1_400_000_000;
const secret = '5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e';
const input = { sdkAppId, secret, userId: 'xiaojun', now: NOW };
const options = { sdkAppId, secrets: [secret], now: NOW };
const vectorA =
  'eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwhWZiflZpXlQqeKU7MSCgswUJStDEwMogMiUZOamKlkZmqOKplYUZBaBxE1NTY3gosWZ6UpWSj5ljuYp*p7l5unBxXnF2WVhVU4uAf7Ozi5JpX7O5SbuHuUhzgZJmQXaTia2SrUAohcx8g__';

/** Puts any text into the outer envelope. */
function envelope(text: string | Buffer): string {
  const base64 = deflateSync(text).toString('base64');
  return base64.replaceAll('+', '*').replaceAll('/', '-').replaceAll('=', '_');
}

/** As the vendor writes a field; an object, which no vendor writes, as JSON: one may have no `toString` to call. */
function textOf(value: unknown): string {
  return typeof value === 'object' ? (JSON.stringify(value) ?? '') : String(value);
}

/** A correctly signed document with whatever fields a hostile or sloppy holder of the secret may write. */
function signedDocument(fields: Record<string, unknown>): string {
  const document: Record<string, unknown> = {
    'TLS.ver': '2.0',
    'TLS.identifier': 'xiaojun',
    'TLS.sdkappid': sdkAppId,
    'TLS.time': 1_700_000_000,
    'TLS.expire': 3600,
    ...fields,
  };
  const names = ['identifier', 'sdkappid', 'time', 'expire'];
  if (document['TLS.userbuf'] !== undefined) names.push('userbuf');
  const text = names.map((name) => `TLS.${name}:${textOf(document[`TLS.${name}`])}\n`).join('');
  const sig = createHmac('sha256', secret).update(text).digest('base64');
  return envelope(JSON.stringify({ ...document, 'TLS.sig': sig }));
}

function open(token: string): Record<string, unknown> {
  const base64 = token.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '=');
  return JSON.parse(inflateSync(Buffer.from(base64, 'base64')).toString()) as Record<string, unknown>;
}

afterEach(() => vi.useRealTimers());

describe('UserSig vectors', () => {
  it('verifies vector A', () => {
    expect(verifyUserSig(vectorA, options)).toEqual({
      userId: 'xiaojun',
      sdkAppId,
      issuedAt: NOW,
      expiresAt: NOW + 15_552_000_000,
    });
  });

  it('signs the same document, with 180 days by default', () => {
    const document = open(signUserSig(input));
    expect(document).toEqual(open(vectorA));
    expect(Object.keys(document)).toEqual(Object.keys(open(vectorA)));
    expect(document['TLS.sig']).toBe('LvA7d/Iw7gSsnskvVzBDPOCCDbuNCw4GHwTC0bip+B4=');
  });

  it('carries a userbuf under the signature', () => {
    const token = signUserSig({ ...input, userbuf: Uint8Array.of(1, 2, 255) });
    expect([...(verifyUserSig(token, options).userbuf ?? [])]).toEqual([1, 2, 255]);
    const { 'TLS.userbuf': userbuf, ...rest } = open(token);
    expect(userbuf).toBe('AQL/');
    expect(reasonOf(() => verifyUserSig(envelope(JSON.stringify(rest)), options))).toBe('badSignature');
  });
});

describe('the vendor’s own generator', () => {
  it('makes tokens that verify', () => {
    vi.useFakeTimers({ now: NOW + 123, toFake: ['Date'] });
    const api = new vendor.Api(sdkAppId, secret);
    for (const userId of ['xiaojun', 'user@corp.example', '鹊桥', '"quoted"\\']) {
      const claims = verifyUserSig(api.genUserSig(userId, 86_400), { ...options, userId });
      expect(claims).toEqual({ userId, sdkAppId, issuedAt: NOW, expiresAt: NOW + 86_400_000 });
    }
    const withUserbuf = verifyUserSig(api.genSig('xiaojun', 60, Buffer.from('rights')), options);
    expect(Buffer.from(withUserbuf.userbuf ?? []).toString()).toBe('rights');
  });

  it('may have been given the SDKAppID as text, out of an environment variable', () => {
    vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
    const api = new vendor.Api(String(sdkAppId), secret);
    expect(verifyUserSig(api.genUserSig('xiaojun', 60), options).sdkAppId).toBe(sdkAppId);
  });

  it('makes the same document as ours', () => {
    vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
    const theirs = new vendor.Api(sdkAppId, secret).genUserSig('xiaojun', 77);
    expect(open(signUserSig({ ...input, expireSeconds: 77 }))).toEqual(open(theirs));
  });
});

describe('refusals', () => {
  const at = (token: string, change: Partial<typeof options & { userId: string }> = {}) =>
    reasonOf(() => verifyUserSig(token, { ...options, ...change }));

  it('tells expired, early, wrong app, wrong user and wrong secret apart', () => {
    expect(at(vectorA, { now: NOW + 15_552_000_000 })).toBe('expired');
    expect(verifyUserSig(vectorA, { ...options, now: NOW + 15_551_999_999 }).userId).toBe('xiaojun');
    expect(at(vectorA, { now: NOW - 300_001 })).toBe('notYetValid');
    expect(verifyUserSig(vectorA, { ...options, now: NOW - 300_000 }).userId).toBe('xiaojun');
    expect(at(vectorA, { sdkAppId: 1_400_000_001 })).toBe('wrongApp');
    expect(at(vectorA, { userId: 'XiaoJun' })).toBe('wrongUser');
    expect(at(vectorA, { secrets: [secret.toUpperCase()] })).toBe('badSignature');
    expect(at(vectorA, { secrets: [] })).toBe('keyNotFound');
    expect(at(vectorA, { secrets: [''] })).toBe('keyNotFound');
    expect(at(vectorA, { now: Number.NaN })).toBe('notYetValid');
  });

  it('does not tell a forger that the token would be expired', () => {
    expect(at(vectorA, { secrets: ['other'], now: NOW + 1e12 })).toBe('badSignature');
  });

  it('tries every secret of the door', () => {
    expect(verifyUserSig(vectorA, { ...options, secrets: ['new', secret] }).userId).toBe('xiaojun');
  });

  it.each([
    ['nothing', ''],
    ['another format', '04AAAAAA=='],
    ['cut short', vectorA.slice(0, -8)],
    ['oversized', 'A'.repeat(8193)],
    ['not deflated', Buffer.from('{}').toString('base64').replaceAll('=', '_')],
    ['no object', envelope('[1]')],
    ['not UTF-8', envelope(Buffer.of(0x7b, 0xff, 0x7d))],
    ['no version', envelope('{}')],
    ['no signature', envelope(JSON.stringify({ ...open(vectorA), 'TLS.sig': undefined }))],
    ['a deflate bomb', envelope(JSON.stringify(open(vectorA)) + ' '.repeat(4_000_000))],
    ['a line break in the identifier', signedDocument({ 'TLS.identifier': 'a\nTLS.sdkappid:1' })],
    ['a lone surrogate', signedDocument({ 'TLS.identifier': 'a\ud800' })],
    ['a fraction', signedDocument({ 'TLS.expire': 1.5 })],
    ['a negative time', signedDocument({ 'TLS.time': -1 })],
    ['a number as identifier', signedDocument({ 'TLS.identifier': 7 })],
    ['a userbuf that is not base64', signedDocument({ 'TLS.userbuf': 'a b' })],
  ])('is malformed: %s', (_name, token) => {
    expect(at(token)).toBe('malformed');
  });

  it('knows no version but 2.0', () => {
    expect(at(signedDocument({ 'TLS.ver': '1.0' }))).toBe('versionUnsupported');
  });

  it('sees a change of any claim', () => {
    for (const [key, value] of [
      ['TLS.identifier', 'admin'],
      ['TLS.time', 1_700_000_001],
      ['TLS.expire', 15_552_001],
    ] as const) {
      expect(at(envelope(JSON.stringify({ ...open(vectorA), [key]: value })))).toBe('badSignature');
    }
  });

  it('never accepts a changed character as something else', () => {
    const honest = verifyUserSig(vectorA, options);
    for (const token of singleCharacterChanges(vectorA)) {
      const result = valueOrRefusal(() => verifyUserSig(token, options));
      if (!(result instanceof CredentialError)) expect(result).toEqual(honest);
    }
  });

  it('does not sign what it would refuse', () => {
    expect(reasonOf(() => signUserSig({ ...input, userId: 'a\nb' }))).toBe('malformed');
    expect(reasonOf(() => signUserSig({ ...input, userId: '' }))).toBe('malformed');
    expect(reasonOf(() => signUserSig({ ...input, secret: '' }))).toBe('keyNotFound');
    expect(reasonOf(() => signUserSig({ ...input, sdkAppId: 2 ** 32 }))).toBe('malformed');
    expect(reasonOf(() => signUserSig({ ...input, expireSeconds: -1 }))).toBe('malformed');
    expect(reasonOf(() => signUserSig({ ...input, now: Number.NaN }))).toBe('malformed');
  });
});

describe('any input', () => {
  it('ends in claims or a CredentialError', () => {
    const field = fc.oneof(
      fc.jsonValue(),
      fc.constant({ toString: '' }),
      fc.integer(),
      fc.string({ unit: 'grapheme' }),
    );
    const documents = fc
      .record(
        {
          'TLS.ver': fc.constantFrom('2.0', 2, null),
          'TLS.identifier': field,
          'TLS.time': field,
          'TLS.expire': field,
          'TLS.sdkappid': fc.oneof(field, fc.constant(sdkAppId)),
          'TLS.userbuf': field,
        },
        { requiredKeys: [] },
      )
      .map(signedDocument);
    const anything = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.base64String({ maxLength: 400 }),
      fc.uint8Array().map((bytes) => envelope(Buffer.from(bytes))),
      fc.jsonValue().map((value) => envelope(JSON.stringify(value))),
      documents,
    );
    fc.assert(
      fc.property(anything, (token) => {
        valueOrRefusal(() => verifyUserSig(token, options));
      }),
      { numRuns: 500 },
    );
    expect(reasonOf(() => verifyUserSig(undefined as unknown as string, options))).toBe('malformed');
  });

  it('verifies whatever was signed', () => {
    const userId = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme-composite' });
    fc.assert(
      fc.property(userId, fc.nat(1e9), fc.option(fc.uint8Array()), (user, expireSeconds, userbuf) => {
        fc.pre(!/\p{Cc}/u.test(user));
        const token = signUserSig({ ...input, userId: user, expireSeconds, ...(userbuf && { userbuf }) });
        const result = valueOrRefusal(() => verifyUserSig(token, { ...options, now: NOW - 1, userId: user }));
        expect(result).toMatchObject({ userId: user, issuedAt: NOW, expiresAt: NOW + expireSeconds * 1000 });
        expect((result as UserSigClaims).userbuf).toEqual(userbuf ? Buffer.from(userbuf) : undefined);
      }),
    );
  });
});
