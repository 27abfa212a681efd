import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
interface Range {
  readonly base: Address;
  readonly bits: number;
  /** A single address. */
  readonly whole: boolean;
}

/**
 * Where clouds hand credentials to whoever asks. A range that happens to cover one does not allow it, only its own entry does; two of
 * them stand in public space.
 */
const METADATA = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
]);

/** Strict: `ipaddr.js` alone also takes `127.1`, octal and zones. IPv4 mapped into IPv6 becomes IPv4. */
function parseAddress(text: string): Address | undefined {
  return isIP(text) === 0 || text.includes('%') ? undefined : ipaddr.process(text);
}

/** An address or a CIDR range; undefined when it is neither. */
export function parseRange(text: string): Range | undefined {
  const [head = '', bits, ...more] = text.split('/');
  const base = parseAddress(head);
  if (!base || more.length > 0) return undefined;
  const length = base.kind() === 'ipv4' ? 32 : 128;
  if (bits === undefined) return { base, bits: length, whole: true };
  // A prefix of a mapped address counts from the wrong end.
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > length || isIP(head) !== (length === 32 ? 4 : 6))
    return undefined;
  return { base, bits: Number(bits), whole: Number(bits) === length };
}

/** The IPv4 address that a NAT64 gateway would make of it. */
function behindGateway(address: Address): Address {
  const bytes = address.toByteArray();
  const isNat64 = address.kind() === 'ipv6' && address.toString().startsWith('64:ff9b::');
  return isNat64 && bytes.slice(4, 12).every((byte) => byte === 0)
    ? ipaddr.fromByteArray(bytes.slice(12))
    : address;
}

/** What is not known to be public is not: also 6to4, Teredo and addresses nobody was given. */
function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  // Of IPv6, only 2000::/3 was ever handed out; `ipaddr.js` calls the rest unicast too, ::7f00:1 among it.
  return address.kind() === 'ipv4' || ((address.toByteArray()[0] ?? 0) & 0xe0) === 0x20;
}

function covers(range: Range, address: Address): boolean {
  return range.base.kind() === address.kind() && address.match([range.base, range.bits]);
}

/** Says whether a request may go to an address: a public one, or one that `allow` (addresses and CIDR ranges) names. */
export function createAddressRules(allow: readonly string[]): (address: string) => boolean {
  const ranges = allow.map((text) => {
    const range = parseRange(text);
    if (!range) throw new TypeError(`not an address or CIDR range: ${text}`);
    return range;
  });
  return (text) => {
    const address = parseAddress(text);
    if (!address) return false;
    const inner = behindGateway(address);
    const named = ranges.filter((range) => covers(range, address));
    if (METADATA.has(inner.toString())) return named.some(({ whole }) => whole);
    return isPublic(inner) || named.length > 0;
  };
}
