/**
 * A whole Sigstore for tests: certificate authority, certificate transparency, Rekor v2 and
 * timestamps, without clock and network.
 */
import { sign } from 'node:crypto';
import { noteKeyId } from '../../skills-index/log/checkpoint.ts';
import {
  appendLeaf,
  type CompactRange,
  emptyRange,
  proofsOfAppended,
  rangeRoot,
} from '../../skills-index/log/compact-range.ts';
import { certifiedBody } from '../../skills-index/log/entry.ts';
import { toLogEntry } from '../../skills-index/log/log-entry.ts';
import { leafHash } from '../../skills-index/log/merkle-tree.ts';
import { signCheckpoint } from '../../skills-index/log/sign-cosignature.ts';
import { type Statement, statementBytes } from '../../skills-index/statement/attestation.ts';
import {
  type Envelope,
  inTotoPayloadType,
  pae,
} from '../../skills-index/statement/signature-formats/envelope.ts';
import type {
  PlainBundle,
  SigstoreLogEntry,
} from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { oid, sequence, utf8 } from './der-writer.ts';
import {
  authorityKey,
  type CertificateParts,
  extension,
  fulcioOid,
  makeCertificate,
  names,
  subjectKey,
  type TestAuthority,
  testAuthority,
  transparencyOf,
} from './story-certificates.ts';
import { type TestSigner, testLogKey, testSigner } from './story-keys.ts';
import { type TestTimestamps, testTimestamps } from './story-timestamps.ts';

/**
 * What a certificate is to say. `buildConfig` is the whole URI with `@ref`; a subject with `://` is
 * a URI, else an email address.
 */
export interface TestClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly repository?: string;
  readonly buildConfig?: string;
  readonly ref?: string;
  readonly environment?: string;
  readonly trigger?: string;
  readonly run?: string;
}

export interface TestCertified extends TestSigner {
  /** DER. */
  readonly certificate: Uint8Array;
}

/**
 * When certificates are made and used, unless a test says otherwise; they count for ten minutes.
 */
export const certifiedAt = new Date('2026-06-01T12:00:00Z');
const minutes = (count: number): Date => new Date(certifiedAt.getTime() + count * 60_000);

/** A person, and a workflow on the main branch of a repository. */
export const somebody: TestClaims = {
  issuer: 'https://accounts.example',
  subject: 'ada@people.example',
};
export const someWorkflow: TestClaims = {
  issuer: 'https://token.ci.example',
  subject: 'https://ci.example/acme/skills/.ci/publish.yml@refs/heads/main',
  repository: '4711',
  buildConfig: 'https://ci.example/acme/skills/.ci/publish.yml@refs/heads/main',
  ref: 'refs/heads/main',
  trigger: 'push',
  run: 'https://ci.example/acme/skills/runs/1',
};

/** The honest extensions of a certificate for these claims, without transparency. */
export function claimedExtensions(
  claims: TestClaims,
  spki: Uint8Array,
  authority: TestAuthority,
): Buffer[] {
  const { issuer, subject } = claims;
  const numbered: readonly (readonly [number, string | undefined])[] = [
    [8, issuer],
    [14, claims.ref],
    [15, claims.repository],
    [18, claims.buildConfig],
    [20, claims.trigger],
    [21, claims.run],
    [23, claims.environment],
  ];
  const name = subject.includes('://') ? names.uri(subject) : names.email(subject);
  return [
    extension('2.5.29.15', Buffer.from('03020780', 'hex'), true),
    extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.3'))),
    subjectKey(spki),
    authorityKey(authority.spki),
    extension('2.5.29.17', sequence(name), true),
    extension(`${fulcioOid}1`, Buffer.from(issuer)),
    ...numbered.flatMap(([number, text]) =>
      text === undefined ? [] : [extension(`${fulcioOid}${number}`, utf8(text))],
    ),
  ];
}

/** The same name gives the same authorities on every run. */
export class TestSigstore {
  readonly origin: string;
  readonly authority: TestAuthority;
  readonly root: TestAuthority;
  readonly transparency: TestSigner;
  readonly timestamps: TestTimestamps;
  readonly logKey: ReturnType<typeof testLogKey>;
  #range: CompactRange = emptyRange;

  constructor(name: string) {
    this.origin = `rekor.${name}.example`;
    this.root = testAuthority(`${name} root`);
    this.authority = testAuthority(`${name} intermediate`, this.root);
    this.transparency = testSigner(`${name} transparency`);
    this.timestamps = testTimestamps(name);
    this.logKey = testLogKey(`${name} rekor`);
    // A proof of a first entry is empty: not the usual case.
    for (const filler of ['one', 'two', 'three'])
      this.#range = appendLeaf(this.#range, leafHash(Buffer.from(filler)));
  }

  /** The trusted_root.json of this Sigstore, parsed. */
  get trustedRoot(): Record<string, unknown> {
    const validFor = { start: '2026-01-01T00:00:00Z' };
    const chain = (certificates: readonly Uint8Array[]) => ({
      subject: { organization: 'skillgate tests', commonName: this.origin },
      uri: `https://${this.origin}`,
      certChain: { certificates: certificates.map((one) => ({ rawBytes: base64(one) })) },
      validFor,
    });
    const log = (baseUrl: string, kind: string, spki: Uint8Array, keyId: Uint8Array) => ({
      baseUrl,
      hashAlgorithm: 'SHA2_256',
      publicKey: { rawBytes: base64(spki), keyDetails: kind, validFor },
      logId: { keyId: base64(keyId) },
    });
    const { publicKey: rekor } = this.logKey;
    const { publicKey: ct, keyId } = this.transparency;
    return {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [log(`https://${this.origin}`, 'PKIX_ED25519', rekor, noteKeyId(this.origin, rekor))],
      certificateAuthorities: [chain([this.authority.certificate, this.root.certificate])],
      ctlogs: [
        log(
          `https://ct.${this.origin}`,
          'PKIX_ECDSA_P256_SHA_256',
          ct,
          Buffer.from(keyId.slice(7), 'hex'),
        ),
      ],
      timestampAuthorities: [chain(this.timestamps.chain)],
    };
  }

  /** A key with a certificate for these claims; `twist` puts other parts into it. */
  certify(
    claims: TestClaims,
    twist: Partial<CertificateParts> = {},
    keyName = 'certified',
  ): TestCertified {
    const signer = testSigner(`${this.origin} ${keyName}`);
    const certificate = makeCertificate({
      spki: signer.publicKey,
      issuer: this.authority,
      from: certifiedAt,
      to: minutes(10),
      transparency: transparencyOf(this.transparency.privateKey, certifiedAt),
      extensions: claimedExtensions(claims, signer.publicKey, this.authority),
      ...twist,
    });
    return { ...signer, certificate };
  }

  /**
   * Signs a statement, logs it in Rekor and has it stamped: the bundle that is sent to a registry.
   */
  async say(statement: Statement, signer: TestCertified, at = minutes(1)): Promise<PlainBundle> {
    return this.sign(statementBytes(statement), signer, at);
  }

  /** The same for any payload. */
  async sign(
    payload: Uint8Array,
    signer: TestCertified,
    at = minutes(1),
    payloadType = inTotoPayloadType,
  ): Promise<PlainBundle> {
    const algorithm = signer.privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
    const sig = sign(algorithm, pae(payloadType, payload), signer.privateKey);
    const envelope: Envelope = {
      payload: base64(payload),
      payloadType,
      signatures: [{ sig: base64(sig), keyid: '' }],
    };
    return {
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: {
        certificate: { rawBytes: base64(signer.certificate) },
        tlogEntries: [await this.log(certifiedBody(envelope, signer.certificate))],
        timestampVerificationData: {
          rfc3161Timestamps: [{ signedTimestamp: base64(this.timestamps.stamp(sig, at)) }],
        },
      },
      dsseEnvelope: envelope,
    };
  }

  /** Appends an entry to Rekor. */
  async log(body: Uint8Array): Promise<SigstoreLogEntry> {
    const [proof = []] = proofsOfAppended(this.#range, [leafHash(body)]);
    this.#range = appendLeaf(this.#range, leafHash(body));
    const head = { size: this.#range.size, root: rangeRoot(this.#range) };
    const note = await signCheckpoint({ origin: this.origin, ...head }, this.logKey);
    return toLogEntry({
      body,
      proof,
      head,
      note,
      index: head.size - 1,
      logId: noteKeyId(this.origin, this.logKey.publicKey),
    });
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
