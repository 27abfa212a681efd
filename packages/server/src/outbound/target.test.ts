import { OutboundError, type OutboundErrorKind, type OutboundRequest } from '@magpie/domain';
import { describe, expect, it } from 'vitest';
import { composeMessage, parseTarget } from './target.ts';

function kindOf(work: () => unknown): OutboundErrorKind | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof OutboundError) return error.kind;
    throw error;
  }
}

describe('URLs', () => {
  it.each([
    '',
    'hooks.test',
    '//hooks.test/',
    'ftp://hooks.test/',
    'file:///etc/passwd',
    'gopher://hooks.test:70/',
    'ws://hooks.test/',
    'javascript:alert(1)',
    'data:text/plain,x',
    'http://',
    'http://user@hooks.test/',
    'http://:secret@hooks.test/',
    'http://hooks.test:0/',
    'http://hooks.test:22/',
    'http://hooks.test:25/',
    'https://hooks.test:6667/',
    'http://hooks.test:70000/',
    'http://1.2.3.256/',
    'http://[fe80::1%25eth0]/',
    'http://hooks .test/',
  ])('%s is refused', (url) => {
    expect(kindOf(() => parseTarget(url))).toBe('url');
  });

  it('a long one is refused', () => {
    expect(kindOf(() => parseTarget(`http://hooks.test/${'a'.repeat(2048)}`))).toBe('url');
  });

  it.each([
    ['http://hooks.test', { secure: false, hostname: 'hooks.test', port: 80, path: '/', literal: false }],
    ['https://Hooks.TEST/a?b=1#c', { secure: true, hostname: 'hooks.test', port: 443, path: '/a?b=1' }],
    ['https://hooks.test:8443/a', { port: 8443, host: 'hooks.test:8443' }],
    ['http://[2606:4700::1111]:8080/', { hostname: '2606:4700::1111', literal: true, port: 8080 }],
  ])('%s is understood', (url, target) => {
    expect(parseTarget(url)).toMatchObject(target);
  });

  it.each([
    ['http://2130706433/', '127.0.0.1'],
    ['http://0x7f000001/', '127.0.0.1'],
    ['http://0177.0.0.1/', '127.0.0.1'],
    ['http://0x7f.1/', '127.0.0.1'],
    ['http://127.1/', '127.0.0.1'],
    ['http://127.0.0.1./', '127.0.0.1'],
    ['http://１２７.０.０.１/', '127.0.0.1'],
    ['http://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
    ['http://0/', '0.0.0.0'],
  ])('%s is the address %s', (url, hostname) => {
    expect(parseTarget(url)).toMatchObject({ hostname, literal: true });
  });
});

describe('what is said', () => {
  const ask = (request: Partial<OutboundRequest>): OutboundRequest => ({ url: '', timeout: 1, maxBytes: 1, ...request }); // prettier-ignore

  it.each<[string, OutboundErrorKind, Partial<OutboundRequest>]>([
    ['another method', 'protocol', { method: 'TRACE' as 'GET' }],
    ['a body with GET', 'protocol', { body: 'x' }],
    ['a long body', 'size', { method: 'POST', body: '鹊'.repeat(400_000) }],
    ['long headers', 'size', { headers: { 'x-long': 'a'.repeat(20_000) } }],
    ['another host', 'protocol', { headers: { Host: 'inside' } }],
    ['another length', 'protocol', { headers: { 'Content-Length': '5' } }],
    ['a switch of protocols', 'protocol', { headers: { Upgrade: 'h2c' } }],
    ['a second request in a header', 'protocol', { headers: { 'x-a': 'b\r\nGET / HTTP/1.1' } }],
    ['a second request in a name', 'protocol', { headers: { 'x-a\r\nx-b': 'c' } }],
  ])('%s is refused', (_what, kind, request) => {
    expect(kindOf(() => composeMessage(ask(request)))).toBe(kind);
  });

  it('has its length in bytes and asks for plain answers', () => {
    const message = composeMessage(ask({ method: 'POST', body: '鹊', headers: { 'X-Id': '1' } }));
    expect(message.body?.toString()).toBe('鹊');
    expect(message.headers).toMatchObject({
      'x-id': '1',
      'content-length': '3',
      'accept-encoding': 'identity',
    });
    expect(composeMessage(ask({ method: 'POST' })).headers['content-length']).toBe('0');
    expect(composeMessage(ask({})).headers['content-length']).toBeUndefined();
  });
});
