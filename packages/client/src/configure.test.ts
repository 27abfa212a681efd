import { afterEach, expect, test } from 'vitest';
import { configure, normalizeServer, resolveServer, socketUrl } from './configure.ts';

const globals = globalThis as { MAGPIE_SERVER?: unknown };
afterEach(() => {
  configure({ server: undefined });
  delete globals.MAGPIE_SERVER;
});

test('the option wins over configure, over the global, over the page', () => {
  expect(() => resolveServer(undefined, undefined)).toThrow(TypeError);
  expect(resolveServer(undefined, 'http://page')).toBe('http://page');
  globals.MAGPIE_SERVER = 'http://global';
  expect(resolveServer(undefined, 'http://page')).toBe('http://global');
  configure({ server: 'http://configured/' });
  expect(resolveServer(undefined, 'http://page')).toBe('http://configured');
  expect(resolveServer('wss://option', 'http://page')).toBe('https://option');
});

test.each([
  ['ws://h:1', 'http://h:1', 'ws://h:1/ws'],
  ['https://h/base/', 'https://h/base', 'wss://h/base/ws'],
  ['//h', 'https://h', 'wss://h/ws'],
  ['h:8800', 'https://h:8800', 'wss://h:8800/ws'],
])('%s', (given, server, socket) => {
  expect(normalizeServer(given)).toBe(server);
  expect(socketUrl(server)).toBe(socket);
});
