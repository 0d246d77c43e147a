/** RFC 3161 timestamps for tests. */
import { createHash, sign } from 'node:crypto';
import { der, integer, octets, oid, sequence, set, time } from './der-writer.ts';
import {
  extension,
  makeCertificate,
  nameOf,
  serialOf,
  type TestAuthority,
  testAuthority,
} from './story-certificates.ts';
import { testSigner } from './story-keys.ts';

/**
 * A timestamp authority: its certificates from its own to the root, and what it says to be the
 * time.
 */
export interface TestTimestamps {
  readonly chain: readonly Uint8Array[];
  /** A response (RFC 3161 §2.4.2) over a signature. */
  stamp(signature: Uint8Array, at: Date): Buffer;
  /** The same over the SHA-256 of a signature. */
  stampDigest(imprint: Uint8Array, at: Date): Buffer;
}

/** A timestamp authority from a name; the same name gives the same keys. */
export function testTimestamps(
  name: string,
  valid: { readonly from?: Date; readonly to?: Date } = {},
): TestTimestamps {
  const root: TestAuthority = testAuthority(`${name} timestamps root`);
  const { privateKey, publicKey: spki } = testSigner(`${name} timestamps`);
  const extensions = [
    extension('2.5.29.15', Buffer.from('03020780', 'hex'), true),
    extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.8')), true),
  ];
  const own = makeCertificate({
    spki,
    extensions,
    issuer: root,
    subject: `${name} timestamps`,
    ...valid,
  });
  const sha256 = sequence(oid('2.16.840.1.101.3.4.2.1'));
  const made: TestTimestamps = {
    chain: [own, root.certificate],
    stamp: (signature, at) => made.stampDigest(digest(signature), at),
    stampDigest: (hash, at) => {
      const imprint = sequence(sha256, octets(hash));
      const info = sequence(integer(1), oid('1.3.6.1.4.1.57264.2'), imprint, integer(7), time(at));
      const attributes = Buffer.concat([
        sequence(oid('1.2.840.113549.1.9.3'), set(oid(tstInfo))),
        sequence(oid('1.2.840.113549.1.9.4'), set(octets(digest(info)))),
      ]);
      const signer = sequence(
        integer(1),
        sequence(nameOf(root.name), integer(serialOf(spki))),
        sha256,
        der(0xa0, attributes),
        sequence(oid('1.2.840.10045.4.3.2')),
        octets(sign('sha256', der(0x31, attributes), privateKey)),
      );
      const content = sequence(oid(tstInfo), der(0xa0, octets(info)));
      const signedData = sequence(integer(3), set(sha256), content, set(signer));
      return sequence(
        sequence(integer(0)),
        sequence(oid('1.2.840.113549.1.7.2'), der(0xa0, signedData)),
      );
    },
  };
  return made;
}

const tstInfo = '1.2.840.113549.1.9.16.1.4';

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
