import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signDynamicToken } from './easemob/dynamic-token.ts';
import { issueEasemobAppToken, issueEasemobUserToken } from './easemob/issued-token.ts';
import { identifyToken } from './identify.ts';
import { NOW } from './test-support.ts';
import { signToken04 } from './token04.ts';
import { readUserSig, signUserSig } from './user-sig.ts';

const appKey = 'magpie#demo';
const common = { userId: 'alice', secret: 'x'.repeat(32), now: NOW };
const tokens = {
  userSig: signUserSig({ ...common, sdkAppId: 1_400_000_001 }),
  gcm: signToken04({ ...common, appId: 1, effectiveSeconds: 60 }),
  cbc: signToken04({ ...common, appId: 1, effectiveSeconds: 60, layout: 'cbc' }),
  dynamic: signDynamicToken({ ...common, appKey, clientId: 'c', clientSecret: 's', ttlSeconds: 60 }),
  user: issueEasemobUserToken({ ...common, appKey, ttlSeconds: 60 }),
  app: issueEasemobAppToken({ ...common, appKey, clientId: 'c', ttlSeconds: 60 }),
};

describe('identifyToken', () => {
  it('names the format and what the token claims', () => {
    expect(identifyToken(tokens.userSig)).toEqual({
      format: 'userSig',
      read: readUserSig(tokens.userSig),
      sdkAppId: 1_400_000_001,
      userId: 'alice',
    });
    expect(identifyToken(tokens.gcm)).toEqual({ format: 'token04' });
    expect(identifyToken(tokens.cbc)).toEqual({ format: 'token04' });
    expect(identifyToken(tokens.dynamic)).toEqual({ format: 'easemobDynamic', appKey, userId: 'alice' });
    const issued = { format: 'easemobIssued', appKey };
    expect(identifyToken(tokens.user)).toEqual({ ...issued, kind: 'user', subject: 'alice' });
    expect(identifyToken(tokens.app)).toEqual({ ...issued, kind: 'app', subject: 'c' });
  });

  it('calls damaged, foreign and oversized input unknown', () => {
    const jwt = 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln';
    for (const token of [
      '',
      '04',
      'ZHQt',
      'eJy',
      jwt,
      'A'.repeat(8193),
      undefined,
      null,
      7,
      {},
      [tokens.gcm],
    ]) {
      expect(identifyToken(token)).toEqual({ format: 'unknown' });
    }
    for (const token of Object.values(tokens)) {
      expect(identifyToken(token.slice(0, token.length / 2)).format).toBe('unknown');
    }
  });

  it('never throws', () => {
    const start = fc.constantFrom('', '04', 'ZHQt', 'mt1.', 'eJ');
    fc.assert(
      fc.property(start, fc.oneof(fc.string(), fc.base64String()), (prefix, text) => {
        expect(identifyToken(prefix + text)).toHaveProperty('format');
      }),
      { numRuns: 500 },
    );
  });
});
