import { X509Certificate } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { connect, createSecureContext, TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { makeAuthority } from '../../../../skills-index/run/egress/certificate.ts';

const now = new Date();
const authority = makeAuthority(['api.crm.example', '*.files.example'], now);

/** What a TLS client says to a leaf for a name, when it asks for that name. */
async function ask(certified: string, trusted = authority.certificate): Promise<string> {
  const secureContext = createSecureContext(authority.leafFor(certified));
  const server = createServer((socket) =>
    new TLSSocket(socket, { isServer: true, secureContext }).on('error', () => undefined),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host: '127.0.0.1', servername: certified, ca: trusted });
  const said = await new Promise<string>((resolve) =>
    client
      .once('secureConnect', () => resolve('taken'))
      .once('error', (cause) => resolve(cause.message)),
  );
  client.destroy();
  server.close();
  return said;
}

describe('the authority of a run', () => {
  it.each([
    ['api.crm.example', 'taken'],
    ['one.files.example', 'taken'],
    ['stranger.example', 'permitted subtree violation'],
    ['crm.example', 'permitted subtree violation'],
    ['api.crm.example.stranger.example', 'permitted subtree violation'],
  ])('vouches for %s: %s', async (name, expected) => {
    expect(await ask(name)).toBe(expected);
  });

  it('vouches for any name only where the plan has any host, and another run’s does not count', async () => {
    expect(await ask('api.crm.example', makeAuthority(['*'], now).certificate)).not.toBe('taken');
  });

  it('is what strict clients want: uses, key ids, names, a day', () => {
    const root = new X509Certificate(authority.certificate);
    const leaf = new X509Certificate(authority.leafFor('api.crm.example').cert);
    expect(leaf.verify(root.publicKey) && leaf.checkIssued(root)).toBe(true);
    expect([root.ca, leaf.ca]).toEqual([true, false]);
    expect([leaf.subjectAltName, leaf.checkHost('api.crm.example')]).toEqual([
      'DNS:api.crm.example',
      'api.crm.example',
    ]);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(root.validToDate.getTime() - root.validFromDate.getTime()).toBe(25 * 3_600_000);
    expect(root.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  });

  it('says a year after 2049 as RFC 5280 wants it', () => {
    const { certificate } = makeAuthority(['api.crm.example'], new Date('2049-12-31T12:00:00Z'));
    const { validFromDate, validToDate } = new X509Certificate(certificate);
    expect([validFromDate.toISOString(), validToDate.toISOString()]).toEqual([
      '2049-12-31T11:00:00.000Z',
      '2050-01-01T12:00:00.000Z',
    ]);
  });
});
