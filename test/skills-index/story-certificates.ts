/**
 * Certificates for tests: a small authority that signs whatever it is told, with a certificate
 * transparency log behind it.
 */
import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { bits, der, integer, octets, oid, sequence, set, time, utf8, yes } from './der-writer.ts';
import { testSigner } from './story-keys.ts';

export const fulcioOid = '1.3.6.1.4.1.57264.1.';
const ecdsaSha256 = sequence(oid('1.2.840.10045.4.3.2'));

/** An extension (RFC 5280 §4.2); `value` is what its OCTET STRING holds. */
export function extension(id: string, value: Uint8Array, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [yes] : []), octets(value));
}

/** GeneralNames (RFC 5280 §4.2.1.6). */
export const names = {
  email: (text: string): Buffer => der(0x81, Buffer.from(text)),
  uri: (text: string): Buffer => der(0x86, Buffer.from(text)),
  dns: (text: string): Buffer => der(0x82, Buffer.from(text)),
  user: (text: string): Buffer => der(0xa0, oid(`${fulcioOid}7`), der(0xa0, utf8(text))),
} as const;

/**
 * What goes into a certificate; everything has an honest default but its key and its extensions.
 */
export interface CertificateParts {
  readonly spki: Uint8Array;
  readonly extensions: readonly Uint8Array[];
  readonly issuer: TestAuthority;
  readonly subject?: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly version?: Uint8Array;
  /**
   * Added by a certificate transparency log: signs the rest, gives the extension. Left out, there
   * is none.
   */
  readonly transparency?: (tbs: Uint8Array, issuerSpki: Uint8Array) => Uint8Array;
}

/** One that signs certificates: its name, key and own certificate. */
export interface TestAuthority {
  readonly name: string;
  readonly key: KeyObject;
  readonly spki: Uint8Array;
  readonly certificate: Uint8Array;
}

export const longAgo = new Date('2026-01-01T00:00:00Z');
export const farAhead = new Date('2036-01-01T00:00:00Z');

/** A certificate in DER. Its serial number follows from its key. */
export function makeCertificate(parts: CertificateParts): Buffer {
  const tbsWith = (extensions: readonly Uint8Array[]): Buffer =>
    sequence(
      parts.version ?? Buffer.from('a003020102', 'hex'),
      integer(serialOf(parts.spki)),
      ecdsaSha256,
      nameOf(parts.issuer.name),
      sequence(time(parts.from ?? longAgo), time(parts.to ?? farAhead)),
      parts.subject === undefined ? sequence() : nameOf(parts.subject),
      parts.spki,
      ...(extensions.length === 0 ? [] : [der(0xa3, sequence(...extensions))]),
    );
  const scts = parts.transparency?.(tbsWith(parts.extensions), parts.issuer.spki);
  const tbs = tbsWith(scts === undefined ? parts.extensions : [...parts.extensions, scts]);
  return sequence(tbs, ecdsaSha256, bits(sign('sha256', tbs, parts.issuer.key)));
}

/** An authority, by itself or below another one. */
export function testAuthority(name: string, above?: TestAuthority): TestAuthority {
  const { privateKey: key, publicKey: spki } = testSigner(`authority ${name}`);
  const own = { name, key, spki, certificate: Buffer.alloc(0) };
  const issuer = above ?? own;
  const extensions = [
    extension('2.5.29.19', sequence(yes), true),
    extension('2.5.29.15', Buffer.from('03020106', 'hex'), true),
    subjectKey(spki),
    authorityKey(issuer.spki),
  ];
  return { ...own, certificate: makeCertificate({ spki, extensions, issuer, subject: name }) };
}

/** Subject and authority key identifiers. */
export const subjectKey = (spki: Uint8Array): Buffer =>
  extension('2.5.29.14', octets(keyIdentifier(spki)));
export const authorityKey = (spki: Uint8Array): Buffer =>
  extension('2.5.29.35', sequence(der(0x80, keyIdentifier(spki))));

/**
 * The extension with one signed certificate timestamp (RFC 6962 §3.3) of the log with this P-256
 * key.
 */
export function transparencyOf(
  log: KeyObject,
  at: Date,
): NonNullable<CertificateParts['transparency']> {
  const logId = sha256(createPublicKey(log).export({ format: 'der', type: 'spki' }));
  return (tbs, issuerSpki) => {
    const when = Buffer.alloc(8);
    when.writeBigUInt64BE(BigInt(at.getTime()));
    const entry = Buffer.concat([sha256(issuerSpki), numbered(tbs, 3)]);
    const signed = Buffer.concat([
      Uint8Array.of(0, 0),
      when,
      Uint8Array.of(0, 1),
      entry,
      Uint8Array.of(0, 0),
    ]);
    const signature = numbered(sign('sha256', signed, log), 2);
    const sct = Buffer.concat([
      Uint8Array.of(0),
      logId,
      when,
      Uint8Array.of(0, 0, 4, 3),
      signature,
    ]);
    return extension('1.3.6.1.4.1.11129.2.4.2', octets(numbered(numbered(sct, 2), 2)));
  };
}

/** Distinguished name: organisation and common name. */
export function nameOf(text: string): Buffer {
  const part = (id: string, value: string): Buffer => set(sequence(oid(id), utf8(value)));
  return sequence(part('2.5.4.10', 'skillgate tests'), part('2.5.4.3', text));
}

/** Serial number of the certificate for a key. */
export function serialOf(spki: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(0x11), sha256(spki).subarray(0, 12)]);
}

function keyIdentifier(spki: Uint8Array): Buffer {
  return sha256(spki).subarray(0, 20);
}

// TLS vector: the length in front.
function numbered(bytes: Uint8Array, lengthBytes: number): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(bytes.byteLength, 0, lengthBytes);
  return Buffer.concat([length, bytes]);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
