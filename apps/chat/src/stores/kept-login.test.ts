import { beforeEach, expect, test } from 'vitest';
import { keepLogin, keptLogin } from './kept-login.ts';

beforeEach(() => sessionStorage.clear());

test('a login outlives a reload of its tab', () => {
  keepLogin({ user: 'alice', token: 't', app: 'demo', demo: true });
  expect(keptLogin()).toEqual({ user: 'alice', token: 't', app: 'demo', demo: true });
  keepLogin(undefined);
  expect(keptLogin()).toBeUndefined();
});

test.each(['', 'no json', '[]', '7', '{"user":1,"token":"t"}', '{"user":"alice"}'])(
  '%j is no login',
  (text) => {
    sessionStorage.setItem('magpie.login', text);
    expect(keptLogin()).toBeUndefined();
  },
);
