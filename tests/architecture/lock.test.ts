import { describe, expect, it } from 'vitest';
import { checkLicences, checkLock, isAllowed } from '../../scripts/lib/lock.mjs';

const link = { resolved: 'packages/server', link: true };

describe('the check of the lock', () => {
  it('finds a platform that npm left out', () => {
    const bundler = { version: '1.0.0', optionalDependencies: { 'bundler-darwin-arm64': '1.0.0' } };
    expect(checkLock({ 'node_modules/bundler': bundler })).toHaveLength(1);
    expect(checkLock({ 'node_modules/bundler': bundler, 'node_modules/bundler-darwin-arm64': {} })).toEqual(
      [],
    );
  });

  it('finds a download host', () => {
    expect(checkLock({ 'node_modules/a': { resolved: 'https://registry.example/a.tgz' } })).toHaveLength(1);
  });

  it('finds a licence that may not be shipped, however deep', () => {
    const lock = (license: string) => ({
      'node_modules/@magpie/server': link,
      'packages/server': { dependencies: { a: '1.0.0' } },
      'node_modules/a': { license: 'MIT', dependencies: { b: '1.0.0' } },
      'node_modules/a/node_modules/b': { license },
      'node_modules/b': { license: 'MIT' },
    });
    expect(checkLicences(lock('ISC'))).toEqual([]);
    expect(checkLicences(lock('AGPL-3.0'))).toHaveLength(1);
  });

  it('reads licence expressions', () => {
    expect(isAllowed('(MIT OR GPL-3.0-or-later)')).toBe(true);
    expect(isAllowed('MIT AND Zlib')).toBe(true);
    expect(isAllowed('MIT AND GPL-3.0-only')).toBe(false);
    expect(isAllowed('SEE LICENSE IN LICENSE')).toBe(false);
  });
});
