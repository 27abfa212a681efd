import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOW, reasonOf, singleCharacterChanges, valueOrRefusal } from '../test-support.ts';
import { signDynamicToken, verifyDynamicToken } from './dynamic-token.ts';

const appKey = 'magpie#demo';
const client = { clientId: 'client-1', clientSecret: 'client-secret-1' };
const input = { ...client, appKey, userId: 'alice', now: NOW, ttlSeconds: 600 };
const options = { appKey, clients: [client], now: NOW };
const token = signDynamicToken(input);

function encode(json: unknown, mark = 'dt-'): string {
  return Buffer.from(mark + JSON.stringify(json)).toString('base64url');
}

/** Any JSON value; objects that spoil their own `toString` have no other form. */
function written(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** Signed over the members as they are written. */
function crafted(fields: Record<string, unknown>): string {
  const all = { appkey: appKey, userId: 'alice', curTime: 1_700_000_000, ttl: 600, ...fields };
  const members = [all.appkey, all.userId, all.curTime, all.ttl].map(written);
  const text = [client.clientId, ...members, client.clientSecret].join('');
  return encode({ signature: createHash('sha256').update(text).digest('hex'), ...all });
}

const at = (text: string, change: Partial<Parameters<typeof verifyDynamicToken>[1]> = {}) =>
  reasonOf(() => verifyDynamicToken(text, { ...options, ...change }));

describe('dynamic tokens', () => {
  it('are built step by step as the vendor says', () => {
    const signature = createHash('sha256')
      .update('client-1magpie#demoalice1700000000600client-secret-1')
      .digest('hex');
    const json = `{"signature":"${signature}","appkey":"magpie#demo","userId":"alice","curTime":1700000000,"ttl":600}`;
    expect(Buffer.from(token, 'base64url').toString()).toBe(`dt-${json}`);
    expect(token).toMatch(/^[\w-]+$/);
  });

  it('verify, for the user in any case', () => {
    const claims = { userId: 'alice', appKey, issuedAt: NOW, expiresAt: NOW + 600_000 };
    expect(verifyDynamicToken(token, options)).toEqual(claims);
    expect(verifyDynamicToken(token, { ...options, userId: 'Alice' })).toEqual(claims);
  });

  it('may be padded, may write numbers as text and the signature in capitals', () => {
    const padded = ['a', 'ab', 'abc'].map((userId) => {
      const bytes = Buffer.from(signDynamicToken({ ...input, userId }), 'base64url');
      return { userId, text: bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_') };
    });
    expect(padded.some(({ text }) => text.endsWith('='))).toBe(true);
    for (const { userId, text } of padded) expect(verifyDynamicToken(text, options).userId).toBe(userId);
    expect(verifyDynamicToken(crafted({ curTime: '1700000000', ttl: '600' }), options).userId).toBe('alice');
    const object = JSON.parse(Buffer.from(token, 'base64url').toString().slice(3)) as { signature: string };
    const capitals = encode({ ...object, signature: object.signature.toUpperCase() });
    expect(verifyDynamicToken(capitals, options).userId).toBe('alice');
  });

  it('verify with any of the pairs of a door', () => {
    const other = { clientId: 'client-2', clientSecret: 'client-secret-2' };
    expect(verifyDynamicToken(token, { ...options, clients: [other, client] }).userId).toBe('alice');
    expect(at(token, { clients: [other] })).toBe('badSignature');
    expect(at(token, { clients: [] })).toBe('keyNotFound');
    expect(at(token, { clients: [{ clientId: 'client-1', clientSecret: '' }] })).toBe('keyNotFound');
  });
});

describe('refusals', () => {
  it('each have their reason', () => {
    expect(at(token, { now: NOW + 600_000 })).toBe('expired');
    expect(verifyDynamicToken(token, { ...options, now: NOW + 599_999 }).userId).toBe('alice');
    expect(at(token, { now: NOW - 300_001 })).toBe('notYetValid');
    expect(at(token, { appKey: 'magpie#other' })).toBe('wrongApp');
    expect(at(token, { userId: 'bob' })).toBe('wrongUser');
    const object = JSON.parse(Buffer.from(token, 'base64url').toString().slice(3)) as object;
    for (const change of [{ userId: 'bob' }, { curTime: 1_700_000_001 }, { ttl: 601 }]) {
      expect(at(encode({ ...object, ...change }))).toBe('badSignature');
    }
  });

  it.each([
    ['nothing', ''],
    ['another mark', encode({}, 'dx-')],
    ['no object', encode([])],
    ['no signature', encode({ appkey: appKey, userId: 'alice', curTime: 1_700_000_000, ttl: 600 })],
    [
      'a short signature',
      encode({ signature: 'ab', appkey: appKey, userId: 'alice', curTime: 1_700_000_000, ttl: 600 }),
    ],
    ['milliseconds', crafted({ curTime: NOW })],
    ['a leading zero', crafted({ ttl: '0600' })],
    ['a negative ttl', crafted({ ttl: -600 })],
    ['a ttl beyond the bound', crafted({ ttl: 31 * 86_400 + 1 })],
    ['no user', crafted({ userId: '' })],
    ['left-over padding', `${token}====`],
    ['oversized', `ZHQt${'A'.repeat(8192)}`],
  ])('is malformed: %s', (_name, text) => {
    expect(at(text)).toBe('malformed');
  });

  it('takes a longer ttl when the app says so', () => {
    const year = crafted({ ttl: 365 * 86_400 });
    expect(verifyDynamicToken(year, { ...options, maxTtlSeconds: 366 * 86_400 }).userId).toBe('alice');
  });

  it('does not let the end of one field be read as the start of the next', () => {
    // The honest token of bob16 and a re-reading of it have the same signature.
    const honest = signDynamicToken({
      ...input,
      userId: 'bob16',
      now: 1_700_000_050_000,
      ttlSeconds: 2_592_000,
    });
    const object = JSON.parse(Buffer.from(honest, 'base64url').toString().slice(3)) as object;
    const reread = encode({ ...object, userId: 'bob', curTime: 1_617_000_000, ttl: 502_592_000 });
    const unbounded = { ...options, maxTtlSeconds: 1e11 };
    expect(verifyDynamicToken(reread, unbounded).userId).toBe('bob');
    expect(at(reread)).toBe('malformed');
    const endless = encode({ ...object, userId: 'bob16', curTime: 1, ttl: 7_000_000_502_592 });
    expect(at(endless)).toBe('malformed');
  });

  it('accept no changed character', () => {
    const honest = verifyDynamicToken(token, options);
    for (const text of singleCharacterChanges(token)) {
      const result = valueOrRefusal(() => verifyDynamicToken(text, options));
      if (!(result instanceof Error)) expect(result).toEqual(honest);
    }
    for (let size = 0; size < token.length; size += 1) at(token.slice(0, size));
  });

  it('does not sign what it would refuse', () => {
    expect(reasonOf(() => signDynamicToken({ ...input, userId: '' }))).toBe('malformed');
    expect(reasonOf(() => signDynamicToken({ ...input, now: 0 }))).toBe('malformed');
    expect(reasonOf(() => signDynamicToken({ ...input, ttlSeconds: 1.5 }))).toBe('malformed');
    expect(reasonOf(() => signDynamicToken({ ...input, clientSecret: '' }))).toBe('keyNotFound');
  });

  it('ends in claims or a CredentialError for any input', () => {
    const fields = fc.record(
      {
        appkey: fc.oneof(fc.constant(appKey), fc.jsonValue()),
        userId: fc.oneof(fc.string(), fc.jsonValue()),
        curTime: fc.oneof(fc.nat(), fc.jsonValue()),
        ttl: fc.oneof(fc.nat(), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const anything = fc.oneof(
      fc.string(),
      fc.jsonValue().map((value) => encode(value)),
      fc.uint8Array().map((bytes) => `ZHQt${Buffer.from(bytes).toString('base64url')}`),
      fields.map((value) => encode({ signature: '0'.repeat(64), ...value })),
      fields.map(crafted),
    );
    fc.assert(
      fc.property(anything, (text) => {
        valueOrRefusal(() => verifyDynamicToken(text, options));
      }),
      { numRuns: 500 },
    );
  });
});
