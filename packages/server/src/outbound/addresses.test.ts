import { describe, expect, it } from 'vitest';
import { createAddressRules, parseRange } from './addresses.ts';

const inside = {
  'this network': ['0.0.0.0', '0.1.2.3', '::'],
  'loopback': ['127.0.0.1', '127.255.255.254', '::1'],
  'private': ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1'],
  'link-local': ['169.254.0.1', 'fe80::1', 'febf::1', 'fec0::1'],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255'],
  'multicast and broadcast': ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1'],
  'reserved and for documents': ['192.0.0.1', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '240.0.0.1', '2001:db8::1', '3fff::1', '100::1'],
  'never handed out': ['5f00::1', '4000::1', '64:ff9b:1::1', '::ffff:0:808:808'],
  'IPv4 in IPv6': ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::127.0.0.1', '::7f00:1'],
  'NAT64': ['64:ff9b::127.0.0.1', '64:ff9b::a00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:0:0:0:1:808:808'],
  '6to4 and Teredo': ['2002:7f00:1::1', '2002:c0a8:101::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  'cloud metadata': ['169.254.169.254', 'fd00:ec2::254', '100.100.100.200', '192.0.0.192', '168.63.129.16', '::ffff:168.63.129.16', '64:ff9b::a83f:8110'],
  'no address': ['', 'localhost', '127.1', '0x7f.0.0.1', '2130706433', '127.0.0.1 ', '010.0.0.1', 'fe80::1%eth0', '8.8.8.8%eth0', '[::1]'],
}; // prettier-ignore

const outside = ['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '100.63.255.255', '100.128.0.1', '169.253.1.1', '2606:4700::1111', '2a00:1450::1', '::ffff:8.8.8.8', '64:ff9b::808:808']; // prettier-ignore

describe('addresses', () => {
  it.each(Object.entries(inside))('%s are refused', (_kind, addresses) => {
    const permits = createAddressRules([]);
    expect(addresses.filter(permits)).toEqual([]);
  });

  it('public ones may be asked', () => {
    const permits = createAddressRules([]);
    expect(outside.filter((address) => !permits(address))).toEqual([]);
  });

  it('may be asked when they are allowed, alone or in a range, and no other', () => {
    const permits = createAddressRules(['10.1.0.0/16', '127.0.0.1', 'fd00:1::/32']);
    const asked = ['10.1.2.3', '10.2.0.1', '127.0.0.1', '::ffff:127.0.0.1', '127.0.0.2', 'fd00:1::5', 'fd00:2::5', '8.8.8.8']; // prettier-ignore
    expect(asked.filter(permits)).toEqual(['10.1.2.3', '127.0.0.1', '::ffff:127.0.0.1', 'fd00:1::5', '8.8.8.8']); // prettier-ignore
  });

  it('an allowed IPv4 address does not allow what a gateway would make of it', () => {
    expect(createAddressRules(['10.0.0.0/8'])('64:ff9b::a00:1')).toBe(false);
    expect(createAddressRules(['64:ff9b::/96'])('64:ff9b::a00:1')).toBe(true);
  });

  it('cloud metadata is allowed by its own entry and by no range', () => {
    const wide = createAddressRules(['0.0.0.0/0', '::/0']);
    expect(inside['cloud metadata'].filter(wide)).toEqual([]);
    expect(wide('10.0.0.1')).toBe(true);
    expect(createAddressRules(['169.254.169.254'])('169.254.169.254')).toBe(true);
    expect(createAddressRules(['169.254.169.254/32'])('169.254.169.254')).toBe(true);
  });

  it('an entry that is neither address nor range is refused', () => {
    const nonsense = ['', 'localhost', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0/8', 'fd00::/129', '::ffff:10.0.0.0/104', '10.0.0.0/-1', 'fe80::%1/64']; // prettier-ignore
    expect(nonsense.filter((text) => parseRange(text) !== undefined)).toEqual([]);
    expect(() => createAddressRules(['10.0.0.0/33'])).toThrow('10.0.0.0/33');
  });
});
