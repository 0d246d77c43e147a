import { createHash, sign } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { describe, expect, it } from 'vitest';
import { type Digest, digestOf, hexOf } from '../../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../../skills-index/skill/text/canonical-json.ts';
import { inTotoPayloadType } from '../../../../skills-index/statement/signature-formats/envelope.ts';
import type { PlainBundle } from '../../../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { type ExpectedSigner, verifyArtifact } from '../../../sigstore/verify-artifact.ts';
import { type Attack, attacks } from '../../hostile.ts';
import { people } from '../../story.ts';
import { somebody, someWorkflow, TestSigstore } from '../../story-sigstore.ts';

const sigstore = new TestSigstore('artifacts');
const { trustedRoot } = sigstore;
const file = digestOf('a file');
const otherFile = digestOf('another file');

// What cosign writes for a file (`sign-blob`): the signature is over the file itself.
const fileSignature = (content: string, digest: Digest, key = signer): Buffer => {
  expect(digestOf(content)).toBe(digest);
  return sign('sha256', Buffer.from(content), key.privateKey);
};
const signer = sigstore.certify(someWorkflow);
const statementOf = (
  subject: readonly object[],
  type = 'https://in-toto.io/Statement/v1',
): Buffer =>
  Buffer.from(
    canonicalJson({
      _type: type,
      subject,
      predicateType: 'https://slsa.dev/provenance/v1',
      predicate: {},
    }),
  );
const subject = (digest: Digest, name = 'a.tar') => ({ name, digest: { sha256: hexOf(digest) } });
const stated = (subjects: readonly object[], type?: string): Promise<PlainBundle> =>
  sigstore.sign(statementOf(subjects, type), signer);

const recorded = (digest: string, signature: Uint8Array, verifier: object): Buffer =>
  Buffer.from(
    canonicalJson({
      apiVersion: '0.0.2',
      kind: 'hashedrekord',
      spec: {
        hashedRekordV002: {
          data: { algorithm: 'SHA2_256', digest },
          signature: {
            content: b64(signature),
            verifier: { keyDetails: 'PKIX_ECDSA_P256_SHA_256', ...verifier },
          },
        },
      },
    }),
  );
const blob = async (
  signature: Uint8Array,
  digest = file,
  key?: Uint8Array,
): Promise<Record<string, unknown>> => {
  const { verificationMaterial: material } = await stated([subject(file)]);
  const content = Buffer.from(hexOf(digest), 'hex').toString('base64');
  const verifier =
    key === undefined
      ? { x509Certificate: material.certificate }
      : { publicKey: { rawBytes: b64(key) } };
  const timestamp = sigstore.timestamps.stamp(signature, new Date('2026-06-01T12:01:00Z'));
  const { certificate, ...rest } = material;
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: {
      ...rest,
      ...(key === undefined ? { certificate } : { publicKey: { hint: 'somebody' } }),
      tlogEntries: [await sigstore.log(recorded(content, signature, verifier))],
      timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: b64(timestamp) }] },
    },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: content },
      signature: b64(signature),
    },
  };
};

const expected = { issuer: someWorkflow.issuer, subject: someWorkflow.subject };
const good = await stated([subject(file)]);
const goodBlob = await blob(fileSignature('a file', file));
const pem = (spki: Uint8Array, label = 'PUBLIC KEY'): string =>
  `-----BEGIN ${label}-----\n${b64(spki)}\n-----END ${label}-----\n`;
const keyed = { key: pem(signer.publicKey) };
const keyedBlob = await blob(fileSignature('a file', file), file, signer.publicKey);
const judged =
  (bundle: unknown, who: ExpectedSigner = expected, artifact = file, root: unknown = trustedRoot) =>
  () =>
    verifyArtifact(
      Buffer.from(typeof bundle === 'string' ? bundle : JSON.stringify(bundle)),
      artifact,
      who,
      root,
    );
const told = (bundle: Promise<unknown>, who?: ExpectedSigner) => async () =>
  judged(await bundle, who)();

const person = sigstore.certify(somebody, {}, 'person');
const personal = await sigstore.sign(statementOf([subject(file)]), person);
const as = (name: string, issuer = somebody.issuer) => judged(personal, { subject: name, issuer });
const wrongNames: readonly (readonly [string, string])[] = [
  ['an end of the name', 'da@people.example'],
  ['the name with more behind it', 'ada@people.example.evil.example'],
  ['nothing', ''],
];
const wrongIssuers: readonly (readonly [string, string])[] = [
  ['the issuer with a slash behind it', 'https://accounts.example/'],
  ['the issuer with more behind it', 'https://accounts.example.evil.example'],
];
attacks('whom one expects', [
  ['exactly who signed', as(somebody.subject), 'accepted'],
  ...wrongNames.map(([says, name]): Attack => [says, as(name), 'identity-mismatch']),
  ...wrongIssuers.map(
    ([says, issuer]): Attack => [says, as(somebody.subject, issuer), 'identity-mismatch'],
  ),
  [
    'the name for the issuer and the issuer for the name',
    as(somebody.issuer, somebody.subject),
    'identity-mismatch',
  ],
  ['somebody else of the same issuer', as('eve@people.example'), 'identity-mismatch'],
  ['a key where a certificate signed', judged(good, keyed), 'identity-mismatch'],
  ['a person where a key signed', judged(keyedBlob), 'identity-mismatch'],
]);

attacks('which file is signed', [
  ['the subject of the statement', judged(good), 'accepted'],
  ['one of its subjects', told(stated([subject(otherFile, 'b.tar'), subject(file)])), 'accepted'],
  ['the signed file', judged(goodBlob), 'accepted'],
  ['the file that a key signed', judged(keyedBlob, keyed), 'accepted'],
  [
    'a statement of version 0.1',
    told(stated([subject(file)], 'https://in-toto.io/Statement/v0.1')),
    'accepted',
  ],
  ['no subject of the statement', judged(good, expected, otherFile), 'subject-mismatch'],
  ['another than the signed file', judged(goodBlob, expected, otherFile), 'subject-mismatch'],
  [
    'another than the one that a key signed',
    judged(keyedBlob, keyed, otherFile),
    'subject-mismatch',
  ],
  ['a statement without subjects', told(stated([])), 'subject-mismatch'],
  [
    'a subject with the digest in capitals',
    told(stated([{ name: 'a', digest: { sha256: hexOf(file).toUpperCase() } }])),
    'subject-mismatch',
  ],
  [
    'a subject with the digest as another algorithm’s',
    told(stated([{ name: 'a', digest: { sha512: hexOf(file) } }])),
    'subject-mismatch',
  ],
  [
    'a statement with its subjects twice',
    told(
      sigstore.sign(
        Buffer.from(
          `{"subject":[],${statementOf([subject(file)])
            .toString()
            .slice(1)}`,
        ),
        signer,
      ),
    ),
    'json-invalid',
  ],
  [
    'a payload that is a file, not a statement',
    told(sigstore.sign(Buffer.from('a file'), signer)),
    'json-invalid',
  ],
  [
    'a payload of another type',
    told(sigstore.sign(statementOf([subject(file)]), signer, undefined, 'application/json')),
    'statement-invalid',
  ],
]);

const { r, s } = p256.Signature.fromBytes(Uint8Array.from(fileSignature('a file', file)), 'der');
const of = (first: bigint, second: bigint): Uint8Array =>
  new p256.Signature(first, second).toBytes('der');
const raw = sign('sha256', Buffer.from('a file'), {
  key: signer.privateKey,
  dsaEncoding: 'ieee-p1363',
});
const digestBytes = createHash('sha256').update('a file').digest();
attacks('signatures over a file of which only the digest is known', [
  ['its own', told(blob(of(r, s))), 'accepted'],
  ['the other of the two values that fit', told(blob(of(r, p256.Point.CURVE().n - s))), 'accepted'],
  ['of another file', told(blob(fileSignature('another file', otherFile))), 'signature-invalid'],
  [
    'of another key',
    told(blob(fileSignature('a file', file, people.stranger as never))),
    'signature-invalid',
  ],
  [
    'over the digest, hashed once more',
    told(blob(sign('sha256', digestBytes, signer.privateKey))),
    'signature-invalid',
  ],
  [
    'with SHA-512',
    told(blob(sign('sha512', Buffer.from('a file'), signer.privateKey))),
    'signature-invalid',
  ],
  ['r and s of one', told(blob(of(1n, 1n))), 'signature-invalid'],
  ['r and s swapped', told(blob(of(s, r))), 'signature-invalid'],
  ['two raw numbers', told(blob(raw)), 'signature-invalid'],
  [
    'a byte behind it',
    told(blob(Buffer.concat([of(r, s), Uint8Array.of(0)]))),
    'signature-invalid',
  ],
]);

// Entries of the same signature over the same file. The library compares these two and never whose
// key the entry names; whoever finds a second key under which a signature holds could put it there.
const { certificate: theirs } = sigstore.certify(somebody, {}, 'somebody else');
const relogged =
  (
    bundle: Record<string, unknown>,
    body: (digest: string, signature: Buffer) => Buffer,
    version = '0.0.2',
    who?: ExpectedSigner,
  ) =>
  async (): Promise<void> => {
    const { signature, messageDigest } = bundle.messageSignature as {
      signature: string;
      messageDigest: { digest: string };
    };
    const entry = await sigstore.log(body(messageDigest.digest, Buffer.from(signature, 'base64')));
    const material = bundle.verificationMaterial as object;
    const tlogEntries = [{ ...entry, kindVersion: { kind: 'hashedrekord', version } }];
    judged({ ...bundle, verificationMaterial: { ...material, tlogEntries } }, who)();
  };
const naming = (verifier: object) => (digest: string, signature: Buffer) =>
  recorded(digest, signature, verifier);
attacks('whom the log entry names', [
  [
    'the certificate',
    relogged(goodBlob, naming({ x509Certificate: { rawBytes: b64(signer.certificate) } })),
    'accepted',
  ],
  [
    'another certificate',
    relogged(goodBlob, naming({ x509Certificate: { rawBytes: b64(theirs) } })),
    'log-invalid',
  ],
]);

const text = JSON.stringify(goodBlob);
const changed = (change: (bundle: Record<string, never>) => void) => {
  const copy = structuredClone(goodBlob);
  change(copy as Record<string, never>);
  return judged(copy);
};
const replaced = (from: string, to: string) => {
  expect(text).toContain(from);
  return judged(text.replace(from, to));
};
attacks('bundles of others', [
  ['as cosign writes them', judged(text), 'accepted'],
  [
    'with the signature twice',
    replaced('"signature":', '"signature":"AAAA","signature":'),
    'json-invalid',
  ],
  [
    'with the digest in base64 for URLs',
    changed(
      (one) =>
        void Object.assign(one.messageSignature ?? {}, {
          messageDigest: { algorithm: 'SHA2_256', digest: digestBytes.toString('base64url') },
        }),
    ),
    'statement-invalid',
  ],
  [
    'with another algorithm of the digest',
    replaced('"SHA2_256","digest"', '"SHA2_512","digest"'),
    'statement-invalid',
  ],
  [
    'with envelope and signature',
    changed((one) => Object.assign(one, { dsseEnvelope: good.dsseEnvelope })),
    'statement-invalid',
  ],
]);

const { tlogEntries } = (goodBlob as unknown as PlainBundle).verificationMaterial;
const placed = (logIndex: unknown) => {
  const proof = { ...tlogEntries[0].inclusionProof, logIndex };
  const material = {
    ...(goodBlob.verificationMaterial as object),
    tlogEntries: [{ ...tlogEntries[0], inclusionProof: proof }],
  };
  return judged({ ...goodBlob, verificationMaterial: material });
};
const own = tlogEntries[0].inclusionProof.logIndex;
attacks('log indexes of others', [
  ['as a text', placed(own), 'accepted'],
  ['as a number, which protobuf allows', placed(Number(own)), 'accepted'],
  ['of another entry', placed('0'), 'log-invalid'],
  ['beyond the log', placed('1000'), 'log-invalid'],
  ['with a fraction', placed(Number(own) + 0.5), 'statement-invalid'],
  ['equal modulo 2^64', placed(String(2n ** 64n + BigInt(own))), 'log-invalid'],
  ['beyond what numbers hold', placed(2 ** 53), 'statement-invalid'],
  ['as a list', placed([own]), 'statement-invalid'],
]);

type Log = { baseUrl: string; publicKey: Record<string, unknown>; logId: Record<string, unknown> };
type Authority = {
  certChain: { certificates: { rawBytes: string }[] };
  validFor: Record<string, unknown>;
};
interface Root {
  mediaType: string;
  tlogs: Log[];
  ctlogs: Log[];
  certificateAuthorities: Authority[];
  timestampAuthorities: Authority[];
}
const rooted = (change: (root: Root) => unknown) => () => {
  // Not structuredClone: it keeps one object for what is one object there, such as every
  // `validFor`.
  const root = JSON.parse(JSON.stringify(trustedRoot)) as Root;
  change(root);
  judged(good, expected, file, root)();
};
const noStart = { end: '2030-01-01T00:00:00Z' };
attacks('trusted roots', [
  [
    'with what is not there as null',
    rooted((root) => Object.assign(root.tlogs[0] ?? {}, { checkpointKeyId: null })),
    'accepted',
  ],
  [
    'with a transparency log of no start',
    rooted(({ ctlogs }) => ctlogs.map((one) => Object.assign(one.publicKey, { validFor: {} }))),
    'trusted-root-invalid',
  ],
  [
    'with an authority of no start',
    rooted((root) =>
      root.certificateAuthorities.map((one) => Object.assign(one, { validFor: noStart })),
    ),
    'trusted-root-invalid',
  ],
  [
    'with a timestamp authority of no start',
    rooted((root) => root.timestampAuthorities.map((one) => Object.assign(one, { validFor: {} }))),
    'trusted-root-invalid',
  ],
  [
    'of another media type',
    rooted((root) => Object.assign(root, { mediaType: 'application/json' })),
    'trusted-root-invalid',
  ],
]);

describe('a trusted root', () => {
  it('says what was signed of a certificate', () => {
    expect(judged(good)()).toEqual({
      ...expected,
      repository: '4711',
      workflow: expect.any(String),
      ref: 'refs/heads/main',
      trigger: 'push',
      run: expect.any(String),
    });
    expect(inTotoPayloadType).toBe(good.dsseEnvelope.payloadType);
  });
});

function b64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
