import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { noteKeyId } from '../../../../skills-index/log/checkpoint.ts';
import { certifiedBody } from '../../../../skills-index/log/entry.ts';
import { signCheckpoint } from '../../../../skills-index/log/sign-cosignature.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../../skills-index/statement/attestation.ts';
import type {
  PlainBundle,
  SigstoreLogEntry,
} from '../../../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { verifyCertified } from '../../../../skills-index/trust/signatures/verify-statement.ts';
import { utf8 } from '../../der-writer.ts';
import { attacks } from '../../hostile.ts';
import { people } from '../../story.ts';
import {
  type CertificateParts,
  extension,
  testAuthority,
  transparencyOf,
} from '../../story-certificates.ts';
import { testLogKey, testSigner } from '../../story-keys.ts';
import {
  certifiedAt,
  claimedExtensions,
  somebody,
  someWorkflow,
  type TestCertified,
  type TestClaims,
  TestSigstore,
} from '../../story-sigstore.ts';
import { testTimestamps } from '../../story-timestamps.ts';

const sigstore = new TestSigstore('certificates');
const { trustedRoot } = sigstore;
const claim = scopeStatement({ scope: parseScope('acme'), owners: [people.author.named] });
const minutes = (count: number): Date => new Date(certifiedAt.getTime() + count * 60_000);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

// Certified, logged and stamped as told; the certificate authority itself makes the certificate
// that is asked for.
const used =
  (signer: TestCertified, at = minutes(1)) =>
  async (): Promise<void> => {
    verifyCertified(await sigstore.say(claim, signer, at), trustedRoot);
  };
const certified = (twist: Partial<CertificateParts>, claims: TestClaims = someWorkflow) =>
  used(sigstore.certify(claims, twist));

attacks('when a certificate was used', [
  ['within its ten minutes', used(sigstore.certify(somebody)), 'accepted'],
  ['a minute after it ended', used(sigstore.certify(somebody), minutes(11)), 'certificate-invalid'],
]);

const otherAuthority = testAuthority('not in the trusted root');
const belowLeaf = (): TestCertified => {
  const leaf = sigstore.certify(somebody);
  const issuer = {
    name: 'leaf',
    key: leaf.privateKey,
    spki: leaf.publicKey,
    certificate: leaf.certificate,
  };
  return sigstore.certify(somebody, { issuer }, 'below');
};
const keyed = (pair: { publicKey: KeyObject; privateKey: KeyObject }): TestCertified => {
  const own = pair.publicKey.export({ format: 'der', type: 'spki' });
  const made = sigstore.certify(somebody, {
    spki: own,
    extensions: claimedExtensions(somebody, own, sigstore.authority),
  });
  return { ...made, privateKey: pair.privateKey, publicKey: own };
};
attacks('who certified', [
  ['the authority of the trusted root', used(sigstore.certify(somebody)), 'accepted'],
  [
    'another authority by the same name',
    certified({ issuer: { ...otherAuthority, name: sigstore.authority.name } }),
    'certificate-invalid',
  ],
  ['a signer whom the authority certified', used(belowLeaf()), 'certificate-invalid'],
  [
    'the authority’s own certificate for a signer’s',
    used({
      ...testSigner('authority certificates intermediate'),
      certificate: sigstore.authority.certificate,
    }),
    'certificate-invalid',
  ],
  [
    'a secp256k1 key',
    used(keyed(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }))),
    'certificate-invalid',
  ],
]);

const good = sigstore.certify(somebody);

const ct = (key: KeyObject, at = certifiedAt) =>
  certified({ transparency: transparencyOf(key, at) });
const { privateKey: ctKey } = sigstore.transparency;
// The timestamp of another certificate of the same log, put where one’s own belongs.
const borrowed: NonNullable<CertificateParts['transparency']> = (_tbs, issuer) =>
  transparencyOf(ctKey, certifiedAt)(Buffer.from('another certificate'), issuer);
attacks('certificate transparency', [
  ['a timestamp of the log', ct(ctKey), 'accepted'],
  [
    'none',
    used(sigstore.certify(somebody, { transparency: () => extension('1.2.3.5', utf8('x')) })),
    'certificate-invalid',
  ],
  ['of another certificate', certified({ transparency: borrowed }), 'certificate-invalid'],
  ['of another log', ct(testSigner('other transparency').privateKey), 'certificate-invalid'],
]);

const bundle = await sigstore.say(claim, good);
const other = await sigstore.say(
  scopeStatement({ scope: parseScope('other'), owners: [people.author.named] }),
  good,
);
const signature = Buffer.from(bundle.dsseEnvelope.signatures[0].sig, 'base64');
const material =
  (change: object, of: PlainBundle = bundle) =>
  () =>
    verifyCertified(
      { ...of, verificationMaterial: { ...of.verificationMaterial, ...change } },
      trustedRoot,
    );
const stamped = (...stamps: readonly Uint8Array[]) =>
  material({
    timestampVerificationData: {
      rfc3161Timestamps: stamps.map((one) => ({ signedTimestamp: base64(one) })),
    },
  });
const stamp = sigstore.timestamps.stamp(signature, minutes(1));
const expired = testTimestamps('certificates', { to: certifiedAt });
const ended = structuredClone(trustedRoot) as {
  timestampAuthorities: { validFor: object; certChain: object }[];
};
ended.timestampAuthorities[0] = {
  ...ended.timestampAuthorities[0],
  ...ended.timestampAuthorities[0],
  validFor: { start: '2026-01-01T00:00:00Z', end: '2026-06-01T12:00:59Z' },
} as never;
const withExpired = structuredClone(ended);
withExpired.timestampAuthorities = structuredClone(
  trustedRoot as typeof ended,
).timestampAuthorities.map((one) => ({
  ...one,
  certChain: { certificates: expired.chain.map((each) => ({ rawBytes: base64(each) })) },
}));
attacks('timestamps', [
  ['one of the authority', stamped(stamp), 'accepted'],
  ['none', stamped(), 'statement-invalid'],
  ['the same twice', stamped(stamp, stamp), 'certificate-invalid'],
  [
    'over another signature',
    stamped(sigstore.timestamps.stamp(Buffer.from('other'), minutes(1))),
    'certificate-invalid',
  ],
  [
    'one good, one of an unknown authority',
    stamped(stamp, testTimestamps('unknown').stamp(signature, minutes(1))),
    'certificate-invalid',
  ],
  ['of an authority that had ended', () => verifyCertified(bundle, ended), 'certificate-invalid'],
]);

const [entry] = bundle.verificationMaterial.tlogEntries;
const logged = (change: Partial<SigstoreLogEntry>) =>
  material({ tlogEntries: [{ ...entry, ...change }] });
const proven = (change: Partial<SigstoreLogEntry['inclusionProof']>) =>
  logged({ inclusionProof: { ...entry.inclusionProof, ...change } });
const relogged = async (body: Uint8Array) =>
  material({ tlogEntries: [await sigstore.log(body)] })();
const note = async (origin: string, key = sigstore.logKey): Promise<string> => {
  const { treeSize, rootHash } = entry.inclusionProof;
  return signCheckpoint(
    { origin, size: Number(treeSize), root: Buffer.from(rootHash, 'base64') },
    key,
  );
};
const renoted =
  (origin: string, key = sigstore.logKey) =>
  async (): Promise<void> => {
    proven({ checkpoint: { envelope: await note(origin, key) } })();
  };
// The log signs under another name, with the number of its own name's key: the library looks at the
// number, and for the name in the address.
const misnamed = (origin: string, name: string) => {
  const { treeSize, rootHash } = entry.inclusionProof;
  const text = `${origin}\n${treeSize}\n${rootHash}\n`;
  const number = noteKeyId(sigstore.origin, sigstore.logKey.publicKey).subarray(0, 4);
  const keyedSignature = base64(Buffer.concat([number, sigstore.logKey.sign(Buffer.from(text))]));
  return proven({ checkpoint: { envelope: `${text}\n\u2014 ${name} ${keyedSignature}\n` } });
};
const late = structuredClone(trustedRoot) as { tlogs: { publicKey: { validFor: object } }[] };
for (const one of late.tlogs) one.publicKey.validFor = { start: '2026-07-01T00:00:00Z' };
const early = structuredClone(late);
for (const one of early.tlogs)
  one.publicKey.validFor = { start: '2026-01-01T00:00:00Z', end: '2026-06-01T12:00:59Z' };
attacks('the entry of Rekor', [
  ['its own', logged({}), 'accepted'],
  ['none', material({ tlogEntries: [] }), 'statement-invalid'],
  ['twice', material({ tlogEntries: [entry, entry] }), 'statement-invalid'],
  [
    'of another statement of the same certificate',
    material({ tlogEntries: other.verificationMaterial.tlogEntries }),
    'log-invalid',
  ],
  [
    'that names another certificate',
    () => relogged(certifiedBody(bundle.dsseEnvelope, sigstore.certify(someWorkflow).certificate)),
    'log-invalid',
  ],
  [
    'that is not in canonical form',
    () =>
      relogged(
        Buffer.concat([certifiedBody(bundle.dsseEnvelope, good.certificate), Buffer.from('\n')]),
      ),
    'log-invalid',
  ],
  ['at another index', logged({ logIndex: '0' }), 'log-invalid'],
  [
    'with another root than its checkpoint',
    proven({ rootHash: base64(Buffer.alloc(32)) }),
    'log-invalid',
  ],
  [
    'of a log whose name is a beginning of this one’s',
    renoted(sigstore.origin.slice(0, -1)),
    'log-invalid',
  ],
  [
    'of another origin, signed by the log’s name',
    misnamed('other.example', sigstore.origin),
    'log-invalid',
  ],
  ['of its origin, written by hand', misnamed(sigstore.origin, sigstore.origin), 'accepted'],
  ['of a log with another key', renoted(sigstore.origin, testLogKey('other rekor')), 'log-invalid'],
  ['of a log that had ended', () => verifyCertified(bundle, early), 'log-invalid'],
]);

const envelope = (change: object) => () =>
  verifyCertified({ ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, ...change } }, trustedRoot);
attacks('the envelope under a certificate', [
  ['its own', envelope({}), 'accepted'],
  ['another payload', envelope({ payload: other.dsseEnvelope.payload }), 'log-invalid'],
  [
    'signed by another key than the certificate’s',
    used({ ...sigstore.certify(somebody), privateKey: people.stranger.privateKey }),
    'signature-invalid',
  ],
  [
    'another certificate of the same key',
    material({ certificate: { rawBytes: base64(sigstore.certify(someWorkflow).certificate) } }),
    'log-invalid',
  ],
]);
