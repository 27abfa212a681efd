import { createHmac, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOW, reasonOf, singleCharacterChanges, valueOrRefusal } from '../test-support.ts';
import { issueEasemobAppToken, issueEasemobUserToken, verifyEasemobToken } from './issued-token.ts';

const appKey = 'magpie#demo';
const secret = 'a secret of this app';
const input = { appKey, secret, now: NOW, ttlSeconds: 3600 };
const options = { appKey, secrets: [secret], now: NOW };
const user = issueEasemobUserToken({ ...input, userId: 'alice' });
const app = issueEasemobAppToken({ ...input, clientId: 'client-1' });

function crafted(claims: unknown, key = secret): string {
  const signed = `mt1.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  const derived = Buffer.from(hkdfSync('sha256', key, '', 'magpie easemob token 1', 32));
  return `${signed}.${createHmac('sha256', derived).update(signed).digest('base64url')}`;
}

const at = (token: string, change: Partial<Parameters<typeof verifyEasemobToken>[1]> = {}) =>
  reasonOf(() => verifyEasemobToken(token, { ...options, ...change }));

describe('issued tokens', () => {
  it('say what they were issued for', () => {
    const common = { appKey, issuedAt: NOW, expiresAt: NOW + 3_600_000 };
    expect(verifyEasemobToken(user, { ...options, kind: 'user', userId: 'alice' })).toMatchObject({
      ...common,
      kind: 'user',
      subject: 'alice',
    });
    expect(verifyEasemobToken(app, { ...options, kind: 'app' })).toMatchObject({
      ...common,
      kind: 'app',
      subject: 'client-1',
    });
  });

  it('are all different, and travel in headers and URLs', () => {
    const again = issueEasemobUserToken({ ...input, userId: 'alice' });
    expect(again).not.toBe(user);
    expect(verifyEasemobToken(again, options).tokenId).not.toBe(verifyEasemobToken(user, options).tokenId);
    expect(user).toMatch(/^[\w.-]+$/);
  });

  it('keep milliseconds, so that a moment of revocation can be compared', () => {
    const token = issueEasemobUserToken({ ...input, userId: 'alice', now: NOW + 789 });
    expect(verifyEasemobToken(token, options).issuedAt).toBe(NOW + 789);
  });

  it('never expire with a ttl of 0', () => {
    const token = issueEasemobAppToken({ ...input, clientId: 'c', ttlSeconds: 0 });
    expect(verifyEasemobToken(token, { ...options, now: NOW + 1e13 }).expiresAt).toBeNull();
  });

  it('match user ids without ASCII case only', () => {
    expect(verifyEasemobToken(user, { ...options, userId: 'ALICE' }).subject).toBe('alice');
    const kelvin = issueEasemobUserToken({ ...input, userId: '\u212a' });
    expect(at(kelvin, { userId: 'k' })).toBe('wrongUser');
  });
});

describe('refusals', () => {
  it('each have their reason', () => {
    expect(at(user, { now: NOW + 3_600_000 })).toBe('expired');
    expect(at(user, { now: NOW - 300_001 })).toBe('notYetValid');
    expect(at(user, { appKey: 'magpie#other' })).toBe('wrongApp');
    expect(at(user, { userId: 'bob' })).toBe('wrongUser');
    expect(at(user, { kind: 'app' })).toBe('wrongKind');
    expect(at(app, { kind: 'user' })).toBe('wrongKind');
    expect(at(user, { secrets: ['other'] })).toBe('badSignature');
    expect(at(user, { secrets: [''] })).toBe('keyNotFound');
    expect(at(user.replace('mt1', 'mt2'))).toBe('versionUnsupported');
    expect(verifyEasemobToken(user, { ...options, secrets: ['new', secret] }).subject).toBe('alice');
  });

  it('has a signing key of its own, not the bare secret', () => {
    const [prefix, body] = user.split('.');
    const bare = createHmac('sha256', secret).update(`${prefix}.${body}`).digest('base64url');
    expect(at(`${prefix}.${body}.${bare}`)).toBe('badSignature');
  });

  it.each([
    ['nothing', ''],
    ['one part', 'mt1'],
    ['no signature', user.slice(0, user.lastIndexOf('.') + 1)],
    ['four parts', `${user}.x`],
    ['padding', `${user}=`],
    ['oversized', `mt1.${'A'.repeat(8192)}.A`],
    ['an unknown kind', crafted({ k: 'root', a: appKey, s: 'alice', i: NOW, e: null, n: 'x' })],
    ['no subject', crafted({ k: 'user', a: appKey, i: NOW, e: null, n: 'x' })],
    ['no expiry at all', crafted({ k: 'user', a: appKey, s: 'alice', i: NOW, n: 'x' })],
  ])('is malformed: %s', (_name, token) => {
    expect(at(token)).toBe('malformed');
  });

  it('accept no changed character', () => {
    for (const token of singleCharacterChanges(user)) at(token);
    for (let size = 0; size < user.length; size += 1) at(user.slice(0, size));
  });

  it('does not issue what it would refuse', () => {
    expect(reasonOf(() => issueEasemobUserToken({ ...input, userId: '' }))).toBe('malformed');
    expect(reasonOf(() => issueEasemobUserToken({ ...input, userId: 'a', ttlSeconds: -1 }))).toBe(
      'malformed',
    );
    expect(reasonOf(() => issueEasemobUserToken({ ...input, userId: 'a', ttlSeconds: 1e11 }))).toBe(
      'malformed',
    );
    expect(reasonOf(() => issueEasemobUserToken({ ...input, userId: 'a', secret: '' }))).toBe('keyNotFound');
  });

  it('ends in claims or a CredentialError for any input', () => {
    const claims = fc.record(
      {
        k: fc.constantFrom('app', 'user'),
        a: fc.constant(appKey),
        s: fc.jsonValue(),
        i: fc.jsonValue(),
        e: fc.jsonValue(),
        n: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const anything = fc.oneof(
      fc.string(),
      fc.string().map((text) => `mt1.${text}`),
      fc.jsonValue().map((value) => crafted(value)),
      claims.map((value) => crafted(value)),
    );
    fc.assert(
      fc.property(anything, (token) => {
        valueOrRefusal(() => verifyEasemobToken(token, options));
      }),
      { numRuns: 500 },
    );
  });
});
