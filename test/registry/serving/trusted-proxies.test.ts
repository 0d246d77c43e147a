import { describe, expect, it } from 'vitest';
import { clientAddress, parseTrustedProxies } from '../../../registry/serving/trusted-proxies.ts';

const proxies = parseTrustedProxies({ addresses: ['127.0.0.1', '10.0.0.0/8', '2001:db8::/32'] });
const standard = parseTrustedProxies({ addresses: ['127.0.0.1'], header: 'Forwarded' });
const from = (remote: string | undefined, header: string, of = proxies): string | undefined =>
  clientAddress(remote, new Headers({ [of.header]: header }), of);

describe('the address of a client', () => {
  it.each([
    ['127.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['::ffff:127.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['2001:db8::5', '2a00::1', '2a00::1'],
    // Two proxies: each appended the address that it saw.
    ['127.0.0.1', '203.0.113.7, 10.1.2.3', '203.0.113.7'],
    ['127.0.0.1', '203.0.113.7:50123', '203.0.113.7'],
    ['127.0.0.1', '[2a00::1]:50123', '2a00::1'],
    // A request of the proxy's own machine.
    ['127.0.0.1', '10.9.9.9', '10.9.9.9'],
    ['127.0.0.1', '', '127.0.0.1'],
  ])('from %s with %j is %s', (remote, header, client) => {
    expect(from(remote, header)).toBe(client);
  });

  it('is the other end of the connection for a client that is no proxy, whatever it says', () => {
    for (const header of ['127.0.0.1', '10.0.0.1', '8.8.8.8, 127.0.0.1'])
      expect(from('203.0.113.66', header)).toBe('203.0.113.66');
    expect(
      clientAddress('203.0.113.66', new Headers({ forwarded: 'for=1.1.1.1' }), undefined),
    ).toBe('203.0.113.66');
  });

  it('is never what the client wrote to the left of the address that a proxy appended', () => {
    expect(from('127.0.0.1', '8.8.8.8, 10.0.0.1, 203.0.113.66')).toBe('203.0.113.66');
    expect(from('127.0.0.1', '8.8.8.8, unknown, 10.0.0.1')).toBe('10.0.0.1');
    expect(from('127.0.0.1', '"8.8.8.8, 203.0.113.66')).toBe('203.0.113.66');
    expect(from('127.0.0.1', 'for="8.8.8.8, for=203.0.113.66', standard)).toBe('203.0.113.66');
  });

  it('is never read from the header that the proxies do not set', () => {
    const headers = new Headers({ forwarded: 'for=8.8.8.8', 'x-forwarded-for': '203.0.113.66' });
    expect(clientAddress('127.0.0.1', headers, proxies)).toBe('203.0.113.66');
    const other = new Headers({ forwarded: 'for=203.0.113.66', 'x-forwarded-for': '8.8.8.8' });
    expect(clientAddress('127.0.0.1', other, standard)).toBe('203.0.113.66');
  });

  it.each([
    ['for=203.0.113.7;proto=https;by=10.0.0.1', '203.0.113.7'],
    ['proto=https; For="[2a00::1]:4711"', '2a00::1'],
    ['for=203.0.113.7, for=127.0.0.1', '203.0.113.7'],
    ['for=_hidden', '127.0.0.1'],
    ['by=10.0.0.1', '127.0.0.1'],
  ])('follows RFC 7239: %s is %s', (header, client) => {
    expect(from('127.0.0.1', header, standard)).toBe(client);
  });
});

describe('the list of proxies', () => {
  it.each(['proxy.example', '127.0.0.1/33', '0.0.0.0/0', '::/0'])('refuses %j', (entry) => {
    expect(() => parseTrustedProxies({ addresses: [entry] })).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });

  it('refuses a header that it does not know', () => {
    expect(() => parseTrustedProxies({ addresses: ['::1'], header: 'x-real-ip' })).toThrow(
      /x-real-ip/,
    );
  });
});
