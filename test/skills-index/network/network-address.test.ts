import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AddressClass, addressClass } from '../../../skills-index/network/network-address.ts';

describe('an address', () => {
  it.each<[string, AddressClass]>([
    ['1.1.1.1', 'public'],
    ['172.15.255.255', 'public'],
    ['172.32.0.0', 'public'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['10.0.0.1', 'private'],
    ['172.16.0.0', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['169.254.1.1', 'link-local'],
    ['169.254.169.254', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['168.63.129.16', 'metadata'],
    ['100.64.0.1', 'cgnat'],
    ['224.0.0.1', 'multicast'],
    ['0.0.0.0', 'reserved'],
    ['192.0.2.1', 'reserved'],
    ['198.51.100.1', 'reserved'],
    ['203.0.113.1', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['2606:4700:4700::1111', 'public'],
    ['::1', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['::', 'reserved'],
    ['fe80::1', 'link-local'],
    ['fc00::1', 'private'],
    ['fd12:3456::1', 'private'],
    ['fec0::1', 'private'],
    ['ff02::1', 'multicast'],
    ['fd00:ec2::254', 'metadata'],
    ['2001:db8::1', 'reserved'],
    ['100::1', 'reserved'],
  ])('%s is %s', (ip, expected) => {
    expect(addressClass(ip)).toBe(expected);
  });

  it.each<[string, AddressClass]>([
    ['::ffff:127.0.0.1', 'loopback'],
    ['::FFFF:7f00:1', 'loopback'],
    ['::ffff:1.1.1.1', 'public'],
    ['::ffff:169.254.169.254', 'metadata'],
    ['::ffff:0:10.0.0.1', 'private'],
    ['64:ff9b::169.254.169.254', 'metadata'],
    ['64:ff9b::101:101', 'public'],
    ['64:ff9b:1::1', 'private'],
    ['2002:7f00:1::', 'loopback'],
    ['2002:101:101::', 'reserved'],
    ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'reserved'],
    ['::127.0.0.1', 'loopback'],
    ['::1.1.1.1', 'reserved'],
  ])('that wraps another is what it wraps: %s is %s', (ip, expected) => {
    expect(addressClass(ip)).toBe(expected);
  });

  it.each([
    '',
    'localhost',
    '127.1',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '2130706433',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.2.3',
    ' 1.1.1.1',
    '1.1.1.1 ',
    '1.1.1.1:80',
    '1.1.1.1/8',
    '[::1]',
    'fe80::1%eth0',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '::12345',
    '1:2:3:4:5:6:7::8',
    '::1.2.3',
    '1.1.1.1::',
    '::1.1.1.1:1',
    'g::1',
    '١.١.١.١',
  ])('is not %j', (ip) => {
    expect(addressClass(ip)).toBe('invalid');
  });

  it('written as IPv4 or wrapped in IPv6 is of one class', () => {
    fc.assert(
      fc.property(fc.ipV4(), (ip) => {
        expect(addressClass(`::ffff:${ip}`)).toBe(addressClass(ip));
        expect(addressClass(`64:ff9b::${ip}`)).toBe(addressClass(ip));
        expect(addressClass(ip)).not.toBe('invalid');
      }),
    );
  });

  it('of IPv6 has a class however it is written', () => {
    fc.assert(
      fc.property(fc.ipV6(), (ip) => {
        const { hostname } = new URL(`http://[${ip}]/`);
        expect(addressClass(hostname.slice(1, -1))).toBe(addressClass(ip));
        expect(addressClass(ip)).not.toBe('invalid');
      }),
    );
  });
});
