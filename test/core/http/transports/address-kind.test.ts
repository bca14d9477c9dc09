import { expect, test } from 'vitest';
import { addressKind, type AddressKind } from '../../../../core/http/transports/address-kind.ts';

const kinds: Record<AddressKind, string[]> = {
  public: ['1.1.1.1', '11.0.0.0', '172.32.0.1', '100.128.0.1', '169.253.255.255', '223.255.255.255', '2606:4700::1111'],
  private: [
    '10.0.0.1',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '100.127.255.255',
  ],
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  'link-local': ['169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'febf::1'],
  special: [
    '0.0.0.0',
    '0.1.2.3',
    '192.0.2.1',
    '198.19.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    'ff02::1',
  ],
};

const cases = Object.entries(kinds).flatMap(([kind, addresses]) =>
  addresses.map((address) => [address, kind] as const),
);

test.each(cases)('%s is %s', (address, kind) => {
  expect(addressKind(address)).toBe(kind);
});

test.each(cases.filter(([address]) => !address.includes(':')))('%s is %s within IPv6 too', (address, kind) => {
  const hex = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  const groups = `${hex.slice(0, 2).join('')}:${hex.slice(2).join('')}`;
  for (const prefix of ['::ffff:', '::FFFF:', '0:0:0:0:0:ffff:', '64:ff9b::']) {
    expect([addressKind(prefix + address), addressKind(prefix + groups)]).toEqual([kind, kind]);
  }
});

test.each([
  ['fc00::1', 'private'],
  ['fdff::1', 'private'],
  ['2001:db8::1', 'special'],
  ['2001::1', 'special'],
  ['2002:7f00:1::', 'special'],
  ['64:ff9b:1::1', 'special'],
  ['fec0::1', 'special'],
  ['', 'special'],
  ['localhost', 'special'],
  ['127.1', 'special'],
])('%s is %s', (address, kind) => {
  expect(addressKind(address)).toBe(kind);
});
