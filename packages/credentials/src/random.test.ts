import { describe, expect, it } from 'vitest';
import { createClientCredentials, createServerSecret, createUserSigSecret } from './random.ts';
import { signToken04, verifyToken04 } from './token04.ts';

describe('new secrets', () => {
  it('have the shape the vendors’ generators expect', () => {
    expect(createUserSigSecret()).toMatch(/^[0-9a-f]{64}$/);
    expect(createServerSecret()).toMatch(/^[0-9a-f]{32}$/);
    expect(createClientCredentials().clientSecret).toMatch(/^[\w-]{43}$/);
    expect(createServerSecret()).not.toBe(createServerSecret());
    expect(createUserSigSecret()).not.toBe(createUserSigSecret());
  });

  it('work', () => {
    const secret = createServerSecret();
    const now = Date.now();
    const token = signToken04({ appId: 1, userId: 'a', secret, now, effectiveSeconds: 60 });
    expect(verifyToken04(token, { appId: 1, secrets: [secret], now }).userId).toBe('a');
  });
});
