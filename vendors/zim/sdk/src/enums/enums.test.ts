import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import * as ours from '../index.ts';

type Enum = Readonly<Record<string, number | string>>;
type Names = Readonly<Record<string, unknown>>;

/** The published package wants a browser around it while it loads. */
function loadVendor(): Names {
  const put = (name: string, value: unknown) =>
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  put('location', { href: 'http://localhost/', protocol: 'http:', hostname: 'localhost', host: 'localhost', origin: 'http://localhost', search: '' }); // prettier-ignore
  put('navigator', { userAgent: 'node', appVersion: '', platform: '', language: 'en' });
  put('window', globalThis);
  put('self', globalThis);
  put('document', {
    createElement: () => ({}),
    addEventListener: () => undefined,
    cookie: '',
    currentScript: null,
  });
  put('addEventListener', () => undefined);
  return createRequire(import.meta.url)('zego-zim-web') as Names;
}

describe('enums', () => {
  let vendor: Names;
  beforeAll(() => {
    vendor = loadVendor();
  });

  it('equal the published package’s at run time, names to numbers and back', () => {
    const enums = Object.keys(vendor).filter((name) => /^ZIM[A-Z]/.test(name));
    expect(enums.length).toBeGreaterThan(50);
    for (const name of enums) expect((ours as Names)[name], name).toEqual({ ...(vendor[name] as Enum) });
  });

  it('are all there, with every member (counts of the 2.29 typings)', () => {
    const enums = Object.entries(ours as Names).filter(([name]) => name !== 'ZIM') as [string, Enum][];
    const members = (one: Enum) => Object.keys(one).filter((key) => Number.isNaN(Number(key))).length;
    expect(enums).toHaveLength(59);
    expect(members(ours.ZIMErrorCode)).toBe(169);
    expect(enums.reduce((sum, [, one]) => sum + members(one), 0)).toBe(419);
  });

  it('keep the vendor’s gaps and odd starts', () => {
    expect(ours.ZIMGroupMemberEvent).not.toHaveProperty('3');
    expect(ours.ZIMPlatformType).not.toHaveProperty('8');
    expect(ours.ZIMFriendApplicationState.Waiting).toBe(1);
    expect(ours.ZIMMessageType.Revoke).toBe(31);
    expect(ours.ZIMErrorCode.DatabaseModuleSeleteDatabaseError).toBe(6000704);
  });
});
