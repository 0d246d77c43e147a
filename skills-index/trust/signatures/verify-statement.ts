/**
 * Verifies a Sigstore bundle: the bundle's signature, the bundle's place in our log, and the checks
 * that @sigstore/verify leaves to its caller.
 */

import { bundleFromJSON } from '@sigstore/bundle';
import {
  type SignedEntity,
  type TrustMaterial,
  toSignedEntity,
  VerificationError,
  Verifier,
} from '@sigstore/verify';
import { noteKeyId, parseCheckpoint } from '../../log/checkpoint.ts';
import { certifiedBody, hashedrekordBody } from '../../log/entry.ts';
import { leafHash, type TreeHead, verifyInclusion } from '../../log/merkle-tree.ts';
import { type Digest, digestOf } from '../../skill/digest.ts';
import { Problem } from '../../skill/problem.ts';
import { predicateTypes, type Statement } from '../../statement/attestation.ts';
import { isP256Spki } from '../../statement/field-shapes.ts';
import { parseStatement } from '../../statement/parse-statement.ts';
import {
  type ParseKey,
  parseKey,
  requireInToto,
} from '../../statement/signature-formats/envelope.ts';
import {
  addressOf,
  isCertified,
  type KeyedBundle,
  type PlainBundle,
  parsePlainBundle,
  parseSigstoreBundle,
  type SigstoreBundle,
  type SigstoreLogEntry,
  withoutOwnEntry,
} from '../../statement/signature-formats/sigstore-bundle.ts';
import type { LoggedStatement } from '../members-and-scopes/identities.ts';
import type { RootFile } from '../root/root.ts';
import { type RootCheckpoint, verifyRootCheckpoint } from '../root/root-role.ts';
import { type CertificateClaims, readLeaf } from './certificate-identity.ts';
import { idsOfClaims, personOf } from './certified-identities.ts';
import { parseTrustedRoot, type SigstoreRoot } from './trusted-root.ts';

export interface VerifiedStatement extends LoggedStatement {
  /** SHA-256 of the signed payload. */
  readonly payloadDigest: Digest;
  /** The checkpoint in the bundle; `retired` when a former key of the log signed the checkpoint. */
  readonly checkpoint: TreeHead & { readonly retired: boolean };
  /**
   * The signer that a certificate names; undefined for a statement that a long-lived key signed.
   */
  readonly certified?: Certified;
}

export interface VerifyOptions {
  readonly root: RootFile;
  /**
   * Gives the SPKI DER of a key, by the key's id. Without this function, the signer's public key
   * comes from the log entry inside the Sigstore bundle. A key's id is the digest of the key, so
   * the signer is proven either way. The caller judges the signer's rights.
   */
  readonly keys?: KeySource;
  /**
   * The JSON of a Sigstore trusted_root.json, which the caller trusts. Without the trusted root, no
   * statement that a certificate signed counts.
   */
  readonly sigstore?: unknown;
  /**
   * Parses public keys. A caller that verifies several bundles shares one parser, since few keys
   * sign most bundles.
   */
  readonly parse?: ParseKey;
}

/**
 * The statements that a keyless identity may sign. Keyless identities may publish, own scopes and
 * advise on their versions. Other identity statements, approvals and revocations must be signed
 * with keys.
 */
const certifiedTypes: readonly Statement['predicateType'][] = [
  predicateTypes.publish,
  predicateTypes.provenance,
  predicateTypes.scope,
  predicateTypes.advice,
];

/**
 * Verifies the JSON of one Sigstore bundle.
 * @throws Problem `statement-invalid`, `signature-invalid`, `key-unknown`, `log-invalid`,
 * `certificate-invalid`, `trusted-root-invalid`
 */
export function verifyStatement(bundleJson: unknown, options: VerifyOptions): VerifiedStatement {
  const bundle = parseSigstoreBundle(bundleJson);
  const { dsseEnvelope: envelope } = bundle;
  requireInToto(envelope);
  const { head, ...by } = verifySigner(bundle, options);
  const payload = Buffer.from(envelope.payload, 'base64');
  const statement = parseStatement(payload);
  if (by.certified !== undefined) requireCertifiable(statement);
  return {
    statement,
    ...by,
    logIndex: Number(bundle.verificationMaterial.tlogEntries[0].inclusionProof.logIndex),
    digest: addressOf(bundle).digest,
    payloadDigest: digestOf(payload),
    checkpoint: { size: head.size, root: head.root, retired: head.retired },
  };
}

/**
 * Rejects a keyless signature on a statement that only a key may sign.
 * @throws Problem `statement-invalid`
 */
export function requireCertifiable({ predicateType }: Statement): void {
  if (certifiedTypes.includes(predicateType)) return;
  throw new Problem(
    'statement-invalid',
    `A certificate signed a statement that only a key can sign: ${predicateType}`,
    {
      hint: 'Sign it with a key: skillgate key create.',
    },
  );
}

function verifySigner(
  bundle: SigstoreBundle,
  { root, keys, sigstore, parse = parseKey }: VerifyOptions,
): Pick<VerifiedStatement, 'signer' | 'signers' | 'certified'> & { readonly head: RootCheckpoint } {
  if (!isCertified(bundle)) {
    const spki = signerKey(bundle, keys);
    const head = verifyOwnEntry(bundle, hashedrekordBody(bundle.dsseEnvelope, spki), {
      root,
      parse,
    });
    verifyKeyed(bundle, spki, parse);
    return { signer: bundle.verificationMaterial.publicKey.hint, head };
  }
  if (sigstore === undefined) {
    throw new Problem(
      'certificate-invalid',
      'A certificate signed the statement, and no Sigstore root is trusted here',
      {
        hint: 'The registry has to deliver its trusted_root.json: skillgate registry trust.',
      },
    );
  }
  const certified = verifyCertified(withoutOwnEntry(bundle), sigstore);
  const head = verifyOwnEntry(bundle, certifiedBody(bundle.dsseEnvelope, certified.certificate), {
    root,
    parse,
  });
  return {
    signer: personOf(certified.claims),
    signers: idsOfClaims(certified.claims),
    certified,
    head,
  };
}

// Verifies the whole log entry of a bundle, because @sigstore/verify accepts every kind of entry,
// and also a checkpoint whose name is only a part of the log's address.
function verifyOwnEntry(
  bundle: SigstoreBundle,
  body: Uint8Array,
  { root, parse }: { readonly root: RootFile; readonly parse: ParseKey },
): RootCheckpoint {
  const [entry] = bundle.verificationMaterial.tlogEntries;
  const { inclusionProof: proof } = entry;
  const checkpoint = verifyRootCheckpoint(proof.checkpoint.envelope, root, parse);
  const { size, root: head, logKey } = checkpoint;
  const placed = { leaf: leafHash(body), index: Number(proof.logIndex), size, root: head };
  const hashes = proof.hashes.map((hash) => Buffer.from(hash, 'base64'));
  requireEntry(entry, { body, head: checkpoint }, [
    [
      entry.logId.keyId === Buffer.from(noteKeyId(root.origin, logKey)).toString('base64'),
      'the entry names another log',
    ],
    [
      verifyInclusion({ ...placed, proof: hashes }),
      'the proof does not lead from the entry to the root of the log',
    ],
  ]);
  return checkpoint;
}

// Verifies everything behind a keyless statement: certificate, certificate transparency, timestamps
// and the Rekor v2 entry.

/** The signer that a trusted certificate authority vouched for, and the signing time. */
export interface Certified {
  readonly claims: CertificateClaims;
  /** The signer's certificate, in DER. */
  readonly certificate: Uint8Array;
  /** The certificate's id: SHA-256 of the certificate's TBSCertificate. */
  readonly certificateId: Digest;
  /** The certificate's P-256 key, in SPKI DER. */
  readonly spki: Uint8Array;
  /**
   * The latest time that a timestamp authority gave to the signature, in milliseconds since 1970.
   */
  readonly signedAt: number;
}

/**
 * Verifies a bundle that a certificate signed, without the bundle's entry of our log. The caller
 * judges the statement in the bundle.
 * @param bundleJson a Sigstore bundle v0.3 with the certificate, one entry of a Rekor v2 log and
 * RFC 3161 timestamps
 * @param trustedRoot parsed JSON of a trusted_root.json that the caller trusts
 * @throws Problem `statement-invalid`, `trusted-root-invalid`, `certificate-invalid`,
 * `signature-invalid`, `log-invalid`
 */
export function verifyCertified(bundleJson: unknown, trustedRoot: unknown): Certified {
  const root = parseTrustedRoot(trustedRoot);
  const bundle = parsePlainBundle(bundleJson);
  const certificate = Buffer.from(bundle.verificationMaterial.certificate.rawBytes, 'base64');
  const leaf = readLeaf(certificate);
  const entity = toEntity(bundle);
  requireOneForm(entity, certificate);
  verifyBySigstore(entity, root);
  requireRecords(entity, root, certificate);
  requireRekorEntry(bundle, certificate, root);
  return {
    ...leaf,
    certificate,
    signedAt: Math.max(...timesOf(entity).map((time) => time.getTime())),
  };
}

function toEntity(bundle: PlainBundle): SignedEntity {
  try {
    return toSignedEntity(bundleFromJSON(bundle));
  } catch (cause) {
    throw new Problem(
      'certificate-invalid',
      'Cannot read the certificate or a timestamp of the signature',
      { cause },
    );
  }
}

/**
 * Requires that Sigstore's library re-encodes the certificate to the same bytes. The library
 * verifies its own encoding, so different bytes with the same meaning would pass and could be read
 * in two ways.
 * @throws Problem `certificate-invalid`
 */
export function requireOneForm({ key }: SignedEntity, certificate: Uint8Array): void {
  const isExact =
    key.$case === 'certificate' && Buffer.compare(key.certificate.root.toDER(), certificate) === 0;
  if (!isExact)
    throw new Problem('certificate-invalid', 'Cannot accept the certificate: it is not in DER');
}

// Sigstore's library verifies timestamps only with a threshold above zero, and verifies no
// certificate chain without a timestamp.
function verifyBySigstore(entity: SignedEntity, root: SigstoreRoot): void {
  const publicKey = (): never => {
    throw new Problem('key-unknown', 'Only certificates are trusted here, no keys');
  };
  try {
    new Verifier(
      { ...root, publicKey },
      { ctlogThreshold: 1, tlogThreshold: 1, timestampThreshold: 1 },
    ).verify(entity);
  } catch (cause) {
    throw toProblem(cause);
  }
}

/** Translates an error of Sigstore's library into a Problem. */
export function toProblem(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof VerificationError ? cause.code : '';
  const reason =
    cause instanceof Error && cause.cause instanceof Error
      ? `${message}: ${cause.cause.message}`
      : message;
  const ours = code.startsWith('TLOG_')
    ? 'log-invalid'
    : code === 'SIGNATURE_ERROR'
      ? 'signature-invalid'
      : 'certificate-invalid';
  return new Problem(ours, `The signature does not verify: ${reason}`, { cause });
}

// Sigstore's library leaves three checks of the Rekor entry out: the whole entry, the entry's
// index, and the name, size and root of the checkpoint.
function requireRekorEntry(bundle: PlainBundle, certificate: Uint8Array, root: SigstoreRoot): void {
  const [entry] = bundle.verificationMaterial.tlogEntries;
  const logs = root.tlogs.filter(({ logID }) => logID.toString('base64') === entry.logId.keyId);
  const checkpoint = parseCheckpoint(entry.inclusionProof.checkpoint.envelope);
  const body = certifiedBody(bundle.dsseEnvelope, certificate);
  requireEntry(entry, { body, head: checkpoint }, [
    [
      logs.some(({ baseURL }) => new URL(baseURL).host === checkpoint.origin),
      'the checkpoint is of another log',
    ],
  ]);
}

// Checks of log entries that @sigstore/verify leaves out. Each entry must name the signer's key,
// and the log's key must have been valid at the signing time.

/**
 * Requires that each log entry of a verified bundle names this certificate (DER) or key (SPKI DER),
 * and that the log's key was valid at the signing time.
 * @throws Problem `log-invalid`
 */
export function requireRecords(entity: SignedEntity, root: SigstoreRoot, signer: Uint8Array): void {
  const times = timesOf(entity);
  for (const { canonicalizedBody, logId } of entity.tlogEntries) {
    const logs = root.tlogs.filter(({ logID }) => logID.equals(logId.keyId));
    const counted = times.every((time) =>
      logs.some(({ validFor: { start, end } }) => start <= time && time <= end),
    );
    if (!counted) throw refused('the log’s key did not count at the time of the signature');
    if (!stringsIn(bodyOf(canonicalizedBody)).some((text) => isSigner(text, signer)))
      throw refused('the log entry names another signer');
  }
}

/**
 * The times of a bundle's signature that timestamp authorities and logs signed. Every one of these
 * times counts once the bundle is verified.
 */
export function timesOf({ timestamps }: SignedEntity): Date[] {
  return timestamps.flatMap((one) => {
    if (one.$case === 'timestamp-authority') return [one.timestamp.signingTime];
    const { inclusionPromise, integratedTime } = one.tlogEntry;
    return inclusionPromise === undefined ? [] : [new Date(Number(integratedTime) * 1000)];
  });
}

function bodyOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new Problem('log-invalid', 'The log entry is not JSON', { cause });
  }
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

// Rekor v2 writes the signer as DER in base64. Rekor v1 writes the signer as PEM in base64, and
// each kind of entry has another place for the signer.
function isSigner(text: string, signer: Uint8Array): boolean {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.equals(signer)) return true;
  const [, body] =
    /^-----BEGIN [A-Z ]+-----([A-Za-z0-9+/=\s]+)-----END [A-Z ]+-----\s*$/.exec(
      bytes.toString('latin1'),
    ) ?? [];
  return body !== undefined && Buffer.from(body, 'base64').equals(signer);
}

function refused(why: string): Problem {
  return new Problem('log-invalid', `The signature does not verify: ${why}`);
}

// Compares a bundle's log entry with the body and the log head that the entry must have.

/**
 * Requires that a log entry has this body, and that the entry and its inclusion proof name this
 * head of the log.
 * @param further more conditions on the entry, each with the message for its failure
 * @throws Problem `log-invalid`
 */
function requireEntry(
  { canonicalizedBody, inclusionProof, logIndex }: SigstoreLogEntry,
  { body, head }: { readonly body: Uint8Array; readonly head: TreeHead },
  further: readonly (readonly [boolean, string])[],
): void {
  const conditions: readonly (readonly [boolean, string])[] = [
    [
      Buffer.from(body).toString('base64') === canonicalizedBody,
      'the log entry is about another envelope or signer',
    ],
    [logIndex === inclusionProof.logIndex, 'the entry and its proof name different indexes'],
    [
      Number(inclusionProof.treeSize) === head.size,
      'the proof and the checkpoint name different sizes',
    ],
    [
      inclusionProof.rootHash === Buffer.from(head.root).toString('base64'),
      'the proof and the checkpoint name different roots',
    ],
    ...further,
  ];
  const failed = conditions.find(([holds]) => !holds);
  if (failed !== undefined)
    throw new Problem('log-invalid', `The statement is not in the log: ${failed[1]}`);
}

// Finds the key of a keyed bundle, and verifies the bundle's signature with Sigstore's library.

/** Gives the SPKI DER of a key, by the key's id. */
type KeySource = (keyId: Digest) => Uint8Array | undefined;

/**
 * The SPKI DER of the key that a bundle names: from the key source, or otherwise from the bundle's
 * log entry.
 * @throws Problem `key-unknown`, `signature-invalid`, `log-invalid`
 */
export function signerKey(bundle: KeyedBundle, keys: KeySource | undefined): Uint8Array {
  const signer = bundle.verificationMaterial.publicKey.hint;
  const spki = keys === undefined ? keyInEntry(bundle) : keys(signer);
  if (spki === undefined) throw new Problem('key-unknown', `Nobody enrolled the key ${signer}`);
  if (!isP256Spki(spki) || digestOf(spki) !== signer) {
    throw new Problem('signature-invalid', `The key is not the P-256 key that ${signer} names`);
  }
  return spki;
}

const none: never[] = [];

// Reads only the key from the bundle's log entry. `verifyOwnEntry` later requires that the whole
// entry results from this key and envelope.
function keyInEntry(bundle: KeyedBundle): Uint8Array {
  const body = Buffer.from(
    bundle.verificationMaterial.tlogEntries[0].canonicalizedBody,
    'base64',
  ).toString('utf8');
  const spki = /"publicKey":\{"rawBytes":"([A-Za-z0-9+/=]+)"\}/.exec(body)?.[1];
  if (spki === undefined) throw new Problem('log-invalid', 'The log entry names no public key');
  return Buffer.from(spki, 'base64');
}

/**
 * Verifies only the signature of a keyed bundle. `verifyOwnEntry` has verified the place in the
 * log, so the library need not verify the place again. Keyed statements have no time; the log index
 * gives their order.
 * @throws Problem `signature-invalid`
 */
export function verifyKeyed(bundle: KeyedBundle, spki: Uint8Array, parse: ParseKey): void {
  const material: TrustMaterial = {
    certificateAuthorities: none,
    timestampAuthorities: none,
    ctlogs: none,
    tlogs: none,
    publicKey: () => ({ publicKey: parse(spki), validFor: () => true }),
  };
  try {
    const { signature, key } = toSignedEntity(bundleFromJSON(bundle));
    const verifier = new Verifier(material, {
      tlogThreshold: 0,
      ctlogThreshold: 0,
      timestampThreshold: 0,
    });
    verifier.verify({ signature, key, tlogEntries: none, timestamps: none });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('signature-invalid', `The statement does not verify: ${message}`, { cause });
  }
}
