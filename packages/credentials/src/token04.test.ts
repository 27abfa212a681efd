import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CredentialError } from './errors.ts';
import { NOW, reasonOf, scriptedRandom, singleCharacterChanges, valueOrRefusal } from './test-support.ts';
import { type Token04Layout, signToken04, verifyToken04 } from './token04.ts';

const appId = 1_234_567_890;
const secret = '0123456789abcdef0123456789abcdef';
const input = { appId, userId: 'alice_01', secret, now: NOW, effectiveSeconds: 3600 };
const options = { appId, secrets: [secret], now: NOW };
const layouts: readonly Token04Layout[] = ['gcm', 'cbc'];
const vectors = {
  cbc: '04AAAAAGVT/xAAEGFiY2RlZmdoaWowMTIzNDUAgI/rGNjnWnzy4fWLZ5xeTH6c0FC7t+Gv1y3RHxzKL0CnAxifKTVfB9pRWBKgYk41YXUVcjzkULzfo605gqaW3GPNG4XgB2O8ASJM2HO9LM9rUtrP61EBiT8NWtz0XnR3zyk+DUmGR8fIVP/eI9phgAUy/ZVllzpG71SDWSp70L+D',
  gcm: '04AAAAAGVT/xAADAABAgMEBQYHCAkKCwCAVsfaDKlHu8iK5kCMQvvkMtEwOrcQngH4Ra7k3dwHlqbcx199LOonIbMJmTK1wqBfDtGswzuEoPQfew1iPnhrF8BnRgsHFGubbVl4LclBIBphr7IZNgjH3rGHd++Sf6Bj3KA3qv3O53ppiVMx/wL376lun6hG7PwabAhuNXYMI7QB',
} as const;
const nonceBytes = Buffer.alloc(4);
nonceBytes.writeInt32BE(123_456_789);
const plain = {
  app_id: appId,
  user_id: 'alice_01',
  nonce: 123_456_789,
  ctime: 1_700_000_000,
  expire: 1_700_003_600,
  payload: '',
};

/** Encrypts any text correctly, in either layout. */
function craft(text: string | Buffer, layout: Token04Layout, outerExpire = 1_700_003_600n): string {
  const iv = Buffer.alloc(layout === 'gcm' ? 12 : 16, 7);
  const key = Buffer.from(secret);
  let body: Buffer;
  if (layout === 'gcm') {
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    body = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  } else {
    const cipher = createCipheriv('aes-256-cbc', key, iv);
    body = Buffer.concat([cipher.update(text), cipher.final()]);
  }
  const head = Buffer.alloc(10);
  head.writeBigInt64BE(outerExpire);
  head.writeUInt16BE(iv.length, 8);
  const size = Buffer.of(body.length >> 8, body.length & 255);
  const mode = layout === 'gcm' ? Buffer.of(1) : Buffer.alloc(0);
  return `04${Buffer.concat([head, iv, size, body, mode]).toString('base64')}`;
}

const crafted = (change: Record<string, unknown>, layout: Token04Layout = 'gcm') =>
  craft(JSON.stringify({ ...plain, ...change }), layout);
const block = (token: string) => Buffer.from(token.slice(2), 'base64');
const token = (bytes: Uint8Array) => `04${Buffer.from(bytes).toString('base64')}`;
const at = (text: string, change: Partial<typeof options & { userId: string }> = {}) =>
  reasonOf(() => verifyToken04(text, { ...options, ...change }));

describe('Token04 vectors', () => {
  it.each(layouts)('%s verifies', (layout) => {
    expect(verifyToken04(vectors[layout], { ...options, userId: 'alice_01' })).toEqual({
      userId: 'alice_01',
      appId,
      issuedAt: NOW,
      expiresAt: NOW + 3_600_000,
      payload: '',
      layout,
    });
  });

  it('is reproduced in GCM', () => {
    const random = scriptedRandom(
      nonceBytes,
      Uint8Array.from({ length: 12 }, (_, index) => index),
    );
    expect(signToken04({ ...input, random })).toBe(vectors.gcm);
  });

  it('is reproduced in CBC, whose IV is drawn as text', () => {
    const digits = Uint8Array.of(10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 0, 1, 2, 3, 4, 5);
    const random = scriptedRandom(nonceBytes, digits);
    expect(signToken04({ ...input, layout: 'cbc', random })).toBe(vectors.cbc);
  });

  it('takes a mode byte of 0 for CBC', () => {
    const withMode = token(Buffer.concat([block(vectors.cbc), Buffer.of(0)]));
    expect(verifyToken04(withMode, options).layout).toBe('cbc');
  });
});

describe('secrets', () => {
  it('takes 16 and 24 bytes for CBC only', () => {
    for (const short of [secret.slice(0, 16), secret.slice(0, 24)]) {
      const cbc = signToken04({ ...input, secret: short, layout: 'cbc' });
      expect(verifyToken04(cbc, { ...options, secrets: [short] }).userId).toBe('alice_01');
      expect(at(vectors.gcm, { secrets: [short] })).toBe('keyNotFound');
      expect(reasonOf(() => signToken04({ ...input, secret: short }))).toBe('keyNotFound');
    }
    expect(reasonOf(() => signToken04({ ...input, secret: 'short', layout: 'cbc' }))).toBe('keyNotFound');
    expect(at(vectors.cbc, { secrets: ['', 'short'] })).toBe('keyNotFound');
  });

  it('tries every secret of the door', () => {
    const other = secret.toUpperCase();
    for (const layout of layouts) {
      expect(verifyToken04(vectors[layout], { ...options, secrets: [other, secret] }).appId).toBe(appId);
      expect(at(vectors[layout], { secrets: [other] })).toBe('badSignature');
    }
  });

  it('refuses a wrong CBC secret also when its padding happens to fit', () => {
    for (let count = 0; count < 2000; count += 1) {
      const wrong = `${count}`.padStart(32, 'x');
      expect(at(vectors.cbc, { secrets: [wrong] })).toBe('badSignature');
    }
  });
});

describe('refusals', () => {
  it.each(layouts)('%s: expired, early, wrong app, wrong user', (layout) => {
    const vector = vectors[layout];
    expect(at(vector, { now: NOW + 3_600_000 })).toBe('expired');
    expect(verifyToken04(vector, { ...options, now: NOW + 3_599_999 }).userId).toBe('alice_01');
    expect(at(vector, { now: NOW - 300_001 })).toBe('notYetValid');
    expect(at(vector, { appId: 1 })).toBe('wrongApp');
    expect(at(vector, { userId: 'ALICE_01' })).toBe('wrongUser');
  });

  it('ties the expiry outside to the one inside', () => {
    for (const layout of layouts) {
      expect(at(craft(JSON.stringify(plain), layout, 1_700_003_601n))).toBe('badSignature');
    }
  });

  it('knows only version 04 and two modes', () => {
    expect(at(vectors.gcm.replace('04', '03'))).toBe('versionUnsupported');
    const bytes = block(vectors.gcm);
    bytes[bytes.length - 1] = 2;
    expect(at(token(bytes))).toBe('versionUnsupported');
  });

  it.each([
    ['nothing', ''],
    ['another format', 'eJyrVgrx'],
    ['only a prefix', '04'],
    ['not base64', '04****'],
    ['oversized', `04${'A'.repeat(8192)}`],
    ['bytes left over', token(Buffer.concat([block(vectors.gcm), Buffer.of(1)]))],
    [
      'an IV of another length',
      token(Buffer.concat([Buffer.alloc(9), Buffer.of(4, 1, 2, 3, 4, 0, 16), Buffer.alloc(16)])),
    ],
    ['an empty cipher', token(Buffer.concat([Buffer.alloc(9), Buffer.of(16), Buffer.alloc(18)]))],
    ['app_id as text', crafted({ app_id: String(appId) })],
    ['app_id out of range', crafted({ app_id: 2 ** 32 })],
    ['user_id as number', crafted({ user_id: 1 })],
    ['an empty user_id', crafted({ user_id: '' })],
    ['ctime as text', crafted({ ctime: '1700000000' })],
    ['expire as text', crafted({ expire: '1700003600' })],
    ['no nonce', crafted({ nonce: undefined })],
    ['payload as object', crafted({ payload: {} })],
  ])('is malformed: %s', (_name, text) => {
    expect(at(text)).toBe('malformed');
  });

  it.each(layouts)('%s: every truncation is refused', (layout) => {
    const bytes = block(vectors[layout]);
    for (let size = 0; size < bytes.length; size += 1) {
      expect(['malformed', 'badSignature', 'versionUnsupported']).toContain(
        at(token(bytes.subarray(0, size))),
      );
    }
  });

  it('lets the payload be absent, and nothing that is no JSON object', () => {
    expect(verifyToken04(crafted({ payload: undefined }), options).payload).toBe('');
    expect(at(craft('[]', 'gcm'))).toBe('badSignature');
    expect(at(craft(Buffer.of(0x22, 0xff, 0x22), 'cbc'))).toBe('badSignature');
  });

  it('accepts no changed character of a GCM token', () => {
    for (const changed of singleCharacterChanges(vectors.gcm)) at(changed);
  });

  it('does not sign what it would refuse', () => {
    expect(reasonOf(() => signToken04({ ...input, effectiveSeconds: 0 }))).toBe('malformed');
    expect(reasonOf(() => signToken04({ ...input, userId: '' }))).toBe('malformed');
    expect(reasonOf(() => signToken04({ ...input, appId: -1 }))).toBe('malformed');
    expect(reasonOf(() => signToken04({ ...input, payload: 'x'.repeat(70_000) }))).toBe('malformed');
  });
});

describe('any input', () => {
  it('ends in claims or a CredentialError', () => {
    const documents = fc
      .tuple(
        fc.record(
          {
            app_id: fc.jsonValue(),
            user_id: fc.jsonValue(),
            nonce: fc.jsonValue(),
            ctime: fc.jsonValue(),
            payload: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
        fc.constantFrom(...layouts),
      )
      .map(([fields, layout]) => crafted(fields, layout));
    const damaged = fc
      .tuple(fc.constantFrom(...layouts), fc.nat(155), fc.nat(255))
      .map(([layout, index, value]) => {
        const bytes = block(vectors[layout]);
        bytes[index % bytes.length] = value;
        return token(bytes);
      });
    const anything = fc.oneof(
      fc.string(),
      fc.base64String({ maxLength: 400 }).map((text) => `04${text}`),
      fc.uint8Array({ maxLength: 200 }).map(token),
      documents,
      damaged,
    );
    fc.assert(
      fc.property(anything, (text) => {
        valueOrRefusal(() => verifyToken04(text, options));
      }),
      { numRuns: 800 },
    );
  });

  it('verifies whatever was signed', () => {
    const size = fc.constantFrom(...layouts);
    fc.assert(
      fc.property(
        size,
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 1, max: 1e8 }),
        (layout, payload, ttl) => {
          const text = signToken04({ ...input, layout, payload, effectiveSeconds: ttl });
          const result = valueOrRefusal(() => verifyToken04(text, options));
          expect(result).not.toBeInstanceOf(CredentialError);
          expect(result).toMatchObject({ payload, layout, expiresAt: NOW + ttl * 1000 });
        },
      ),
    );
  });
});
