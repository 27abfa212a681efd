import { describe, expect, it } from 'vitest';
import { NatsBusError, parseAddress } from './address.ts';

describe('MAGPIE_BUS', () => {
  it.each([
    ['nats://a', { servers: ['a:4222'], tls: false, shown: 'nats://a:4222' }],
    ['tls://a:1', { servers: ['a:1'], tls: true, shown: 'tls://a:1' }],
    ['nats+tls://a', { servers: ['a:4222'], tls: true, shown: 'nats+tls://a:4222' }],
    ['nats://[::1]:5', { servers: ['[::1]:5'], tls: false, shown: 'nats://[::1]:5' }],
    [
      'nats://u:p%40%2C@a, nats://b:2,c/',
      { servers: ['a:4222', 'b:2', 'c:4222'], tls: false, user: 'u', pass: 'p@,', shown: 'nats://a:4222,nats://b:2,nats://c:4222' },
    ],
    ['tls://t%25k@a', { servers: ['a:4222'], tls: true, token: 't%k', shown: 'tls://a:4222' }],
  ])('is understood: %s', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  }); // prettier-ignore

  it.each([
    '',
    'nats://',
    'http://a',
    'a:4222',
    'nats://a/path',
    'nats://a?tls=1',
    'nats://a:99999',
    'nats://a,,b',
    'nats://a,tls://b',
    'nats://secret-1:secret-2@a,nats://other:secret-3@b',
    'nats://secret-1:%zz@a',
    'nats://secret-1:secret-2 @a:port',
  ])('is refused, and no secret shown: %s', (text) => {
    const parse = (): unknown => parseAddress(text);
    expect(parse).toThrow(NatsBusError);
    expect(parse).toThrow(/^MAGPIE_BUS(?!.*secret)/s);
  });
});
