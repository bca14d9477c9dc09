import { BlockList, isIP } from 'node:net';

/** Where an address leads: out to the internet, or to a place that only machines near this one should reach. */
export type AddressKind = 'public' | 'private' | 'loopback' | 'link-local' | 'special';

type Subnet = readonly [net: string, prefix: number];

/** By the IANA registries of special-purpose addresses (RFC 6890), as far as they are not reachable from everywhere. */
const v4: Record<Exclude<AddressKind, 'public'>, readonly Subnet[]> = {
  private: [
    ['10.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
    // Shared by a provider's customers (RFC 6598), and what overlay networks give their members.
    ['100.64.0.0', 10],
  ],
  loopback: [['127.0.0.0', 8]],
  // The metadata services of clouds, which hand out credentials, are here.
  'link-local': [['169.254.0.0', 16]],
  special: [
    // "This host": Linux connects to itself.
    ['0.0.0.0', 8],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    // Multicast, reserved, broadcast.
    ['224.0.0.0', 3],
  ],
};

const v6: typeof v4 = {
  private: [['fc00::', 7]],
  loopback: [['::1', 128]],
  'link-local': [['fe80::', 10]],
  special: [
    ['::', 128],
    ['64:ff9b:1::', 48],
    ['100::', 64],
    // Teredo and 6to4 hold an IPv4 address that somebody else unpacks.
    ['2001::', 32],
    ['2001:db8::', 32],
    ['2002::', 16],
    ['fec0::', 10],
    ['ff00::', 8],
  ],
};

const lists = (['private', 'loopback', 'link-local', 'special'] as const).map((kind) => {
  const list = new BlockList();
  for (const [net, prefix] of v4[kind]) {
    // Counts for `::ffff:10.0.0.1` as well.
    list.addSubnet(net, prefix, 'ipv4');
    // NAT64 (RFC 6052): the way to IPv4 on networks that have IPv6 alone, so the address inside decides.
    list.addSubnet(`64:ff9b::${net}`, 96 + prefix, 'ipv6');
  }
  for (const [net, prefix] of v6[kind]) list.addSubnet(net, prefix, 'ipv6');
  return { kind, list };
});

/** Says where an IP address leads; what is no address leads to nowhere that is known, and is `special`. */
export function addressKind(address: string): AddressKind {
  // `fe80::1%eth0`: the interface says nothing of the kind.
  const bare = address.replace(/%.*$/s, '');
  const family = isIP(bare);
  if (family === 0) return 'special';
  return lists.find(({ list }) => list.check(bare, family === 4 ? 'ipv4' : 'ipv6'))?.kind ?? 'public';
}
