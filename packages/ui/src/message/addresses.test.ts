import { expect, test } from 'vitest';
import { linkParts } from './linkify.ts';
import { safeLink, safeMediaUrl } from './safe-url.ts';

const server = 'http://127.0.0.1:8800';

test.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'file:///etc/passwd',
  'http://other.example/x.png',
  'http://127.0.0.1:9999/x',
  'ftp://a/b',
  '',
  'vbscript:x',
  ' javascript:x',
])('%s is no address of a picture', (url) => {
  // prettier-ignore
  expect(safeMediaUrl(url, server)).toBeUndefined();
});

test('our own server, https and files of this page are', () => {
  expect(safeMediaUrl(`${server}/files/demo/x`, server)).toBe(`${server}/files/demo/x`);
  expect(safeMediaUrl('https://cdn.example/a.png', server)).toBe('https://cdn.example/a.png');
  expect(safeMediaUrl(`blob:${server}/1-2`, server)).toBe(`blob:${server}/1-2`);
});

test('links are http and https alone; what is cut apart is the text again', () => {
  const text =
    'a https://x.example/q?a=1&b=<b>, javascript:alert(1) ftp://y.example mailto:a@b.example //z.example 好https://中文.example。';
  const parts = linkParts(text);
  expect(parts.map((part) => part.text).join('')).toBe(text);
  const hrefs = parts.flatMap(({ href }) => href ?? []);
  expect(hrefs).toEqual(['https://x.example/q?a=1&b=', 'https://xn--fiq228c.example/']);
  for (const href of hrefs) expect(href).toMatch(/^https?:\/\//);
  expect(hrefs.some((href) => /y\.example|z\.example|alert/.test(href))).toBe(false);
  expect(safeLink('javascript:alert(1)')).toBeUndefined();
});

test('a very long text is shown as it is', () => {
  const text = 'https://x.example '.repeat(5_000);
  expect(linkParts(text)).toEqual([{ text }]);
});
