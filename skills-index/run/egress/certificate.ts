/**
 * The certificate authority of one run and its leaf certificates: ECDSA P-256, in DER (RFC 5280).
 * Name constraints limit the authority to the plan's hosts, so nobody can use a stolen key for
 * another host. The authority expires within a day.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

const certificateHoursMax = 24;

export interface RunAuthority {
  /** The certificate of the run's authority, in PEM. */
  readonly certificate: string;
  /** Returns a private key and a certificate for exactly this host, both in PEM. */
  leafFor(host: string): { readonly key: string; readonly cert: string };
}

/**
 * @param hosts exact names, or patterns of the plan: `*.files.example` allows every name below
 * `files.example`; `*` allows every name
 */
export function makeAuthority(hosts: readonly string[] | undefined, now: Date): RunAuthority {
  const own = newKey();
  const leaves = newKey();
  const issuer = name(`Skillgate run ${randomBytes(8).toString('hex')}`);
  const issue = (subject: Buffer, key: KeyObject, extensions: readonly Buffer[]): string => {
    const spki = key.export({ type: 'spki', format: 'der' });
    const ids = [
      extension(14, false, octets(keyId(spki))),
      extension(35, false, sequence(der(0x80, keyId(own.spki)))),
    ];
    const all = der(0xa3, sequence(...extensions, ...ids));
    const serial = integer(randomBytes(16));
    const version = der(0xa0, integer(Buffer.from([2])));
    const signed = sequence(
      version,
      serial,
      ecdsaSha256,
      issuer,
      validity(now),
      subject,
      spki,
      all,
    );
    return pem(sequence(signed, ecdsaSha256, bits(sign('sha256', signed, own.privateKey))));
  };
  const certificate = issue(issuer, own.publicKey, [
    extension(19, true, sequence(der(0x01, Buffer.from([0xff])), integer(Buffer.from([0])))),
    extension(15, true, keyUsage(0x06, 1)),
    ...(hosts === undefined ? [] : [extension(30, true, nameConstraints(hosts))]),
  ]);
  const key = leaves.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const leafFor = (host: string): { key: string; cert: string } => ({
    key,
    cert: issue(name(`Skillgate leaf ${randomBytes(8).toString('hex')}`), leaves.publicKey, [
      extension(19, true, sequence()),
      extension(15, true, keyUsage(0x80, 7)),
      extension(37, false, sequence(Buffer.from('06082b06010505070301', 'hex'))),
      extension(17, false, sequence(der(0x82, Buffer.from(host)))),
    ]),
  });
  return { certificate, leafFor };
}

function newKey(): {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly spki: Buffer;
} {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...pair, spki: pair.publicKey.export({ type: 'spki', format: 'der' }) };
}

// A permitted name covers itself and every name below the name; the empty name covers all names.
// The constraints exclude every IP address (RFC 5280 §4.2.1.10).
function nameConstraints(hosts: readonly string[]): Buffer {
  const permitted = hosts.map((host) =>
    sequence(der(0x82, Buffer.from(host.replace(/^\*\.?/, '')))),
  );
  const excluded = [8, 32].map((length) => sequence(der(0x87, Buffer.alloc(length))));
  return sequence(der(0xa0, ...permitted), der(0xa1, ...excluded));
}

// An extension's object identifier is id-ce (RFC 5280 §4.2.1) followed by the extension's number.
function extension(number: number, critical: boolean, value: Buffer): Buffer {
  return sequence(
    der(0x06, Buffer.from([0x55, 0x1d, number])),
    ...(critical ? [der(0x01, Buffer.from([0xff]))] : []),
    octets(value),
  );
}

function validity(now: Date): Buffer {
  const time = (hours: number): Buffer => {
    const text = new Date(now.getTime() + hours * 3_600_000)
      .toISOString()
      .replace(/[-:T]|\.\d+/g, '');
    // RFC 5280 §4.1.2.5: a year before 2050 is written with two digits.
    return text < '2050' ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text));
  };
  return sequence(time(-1), time(certificateHoursMax));
}

const ecdsaSha256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'));
const commonName = Buffer.from('0603550403', 'hex');

function name(text: string): Buffer {
  return sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(text)))));
}

function keyId(spki: Buffer): Buffer {
  return createHash('sha256').update(spki).digest().subarray(0, 20);
}

function keyUsage(flags: number, unused: number): Buffer {
  return der(0x03, Buffer.from([unused, flags]));
}

function integer(bytes: Buffer): Buffer {
  // A DER integer must be positive and have no superfluous leading byte, so the two top bits of the
  // number are set to 01.
  const value = Buffer.from(bytes);
  if (value.length > 1) value[0] = ((value[0] ?? 0) & 0x7f) | 0x40;
  return der(0x02, value);
}

function bits(bytes: Buffer): Buffer {
  return der(0x03, Buffer.alloc(1), bytes);
}

function octets(bytes: Buffer): Buffer {
  return der(0x04, bytes);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

function pem(bytes: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
}
