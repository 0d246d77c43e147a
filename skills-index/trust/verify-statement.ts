/** Verifies a Sigstore bundle: signature, place in the log, and what @sigstore/verify leaves to its caller. */
import { createPublicKey } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { type TrustMaterial, toSignedEntity, VerificationError, Verifier } from '@sigstore/verify';
import { noteKeyId, verifyCheckpoint } from '../log/checkpoint.ts';
import { hashedrekordBody } from '../log/entry.ts';
import type { TreeHead } from '../log/merkle-tree.ts';
import { canonicalJson } from '../skill/canonical-json.ts';
import { type Digest, digestOf } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import { type Statement, type Subject, type VersionSubject, versionSubjects } from '../statement/attestation.ts';
import { isP256Spki } from '../statement/field-shapes.ts';
import { parseStatement } from '../statement/parse-statement.ts';
import { inTotoPayloadType } from '../statement/sign.ts';
import { addressOf, isCertified, type KeyedBundle, parseSigstoreBundle } from '../statement/sigstore-bundle.ts';
import type { LoggedStatement } from './identity.ts';
import { type RootFile, spkiOf } from './root.ts';

export interface VerifiedStatement extends LoggedStatement {
  /** SHA-256 of the signed payload. */
  readonly payloadDigest: Digest;
  /** Size and root of the checkpoint in the bundle. */
  readonly checkpoint: TreeHead;
}

export interface VerifyOptions {
  readonly root: RootFile;
  /**
   * SPKI DER of a key by its id. Left out, the key is the one in the log entry: its id is its own digest, so the signer is
   * proven either way, and whether the signer may say this is for the caller to judge.
   */
  readonly keys?: (keyId: Digest) => Uint8Array | undefined;
}

/**
 * Verifies one bundle's JSON.
 * @throws Problem `statement-invalid`, `signature-invalid`, `key-unknown`, `log-invalid`
 */
export function verifyStatement(bundleJson: unknown, { root, keys }: VerifyOptions): VerifiedStatement {
  const bundle = parseSigstoreBundle(bundleJson);
  if (isCertified(bundle))
    throw new Problem('signature-invalid', 'A certificate signed this, and no Sigstore root is trusted here');
  const { dsseEnvelope: envelope } = bundle;
  if (envelope.payloadType !== inTotoPayloadType) {
    throw new Problem('statement-invalid', `The payload is ${JSON.stringify(envelope.payloadType)}, not an in-toto statement`);
  }
  const signer = bundle.verificationMaterial.publicKey.hint;
  const spki = signerKey(bundle, signer, keys);
  const checkpoint = verifyEntry(bundle, spki, root);
  verifyBySigstore(bundle, spki, root);
  const payload = Buffer.from(envelope.payload, 'base64');
  return {
    statement: parseStatement(payload),
    signer,
    logIndex: Number(bundle.verificationMaterial.tlogEntries[0].inclusionProof.logIndex),
    digest: addressOf(bundle).digest,
    payloadDigest: digestOf(payload),
    checkpoint,
  };
}

/**
 * Demands that a statement is about exactly this version: same subjects, none missing, none more, in the order of the bundle.
 * @throws Problem `subject-mismatch`
 */
export function requireSubjects(statement: Statement, about: VersionSubject | readonly Subject[]): void {
  const expected = 'bundle' in about ? versionSubjects(about) : about;
  if (canonicalJson(expected) === canonicalJson(statement.subject)) return;
  const names = statement.subject.slice(0, 3).map((subject) => subject.name);
  throw new Problem(
    'subject-mismatch',
    `The statement's ${statement.subject.length} subjects (${names.join(', ')} …) are not the ${expected.length} of this version`,
  );
}

function signerKey(bundle: KeyedBundle, signer: Digest, keys: VerifyOptions['keys']): Uint8Array {
  const spki = keys === undefined ? keyInEntry(bundle) : keys(signer);
  if (spki === undefined) throw new Problem('key-unknown', `Nobody enrolled the key ${signer}`);
  if (!isP256Spki(spki) || digestOf(spki) !== signer) {
    throw new Problem('signature-invalid', `The key is not the P-256 key that ${signer} names`);
  }
  return spki;
}

// Read for the key alone: `verifyEntry` then demands that the whole body is the one that this key and envelope give.
function keyInEntry(bundle: KeyedBundle): Uint8Array {
  const body = Buffer.from(bundle.verificationMaterial.tlogEntries[0].canonicalizedBody, 'base64').toString('utf8');
  const [, spki] = /"publicKey":\{"rawBytes":"([A-Za-z0-9+/=]+)"\}/.exec(body) ?? [];
  if (spki === undefined) throw new Problem('log-invalid', 'The log entry names no public key');
  return Buffer.from(spki, 'base64');
}

// @sigstore/verify takes a checkpoint of any name that the log's address contains, any kind of entry, and top-level numbers unread.
function verifyEntry(bundle: KeyedBundle, spki: Uint8Array, root: RootFile): TreeHead {
  const [entry] = bundle.verificationMaterial.tlogEntries;
  const { inclusionProof: proof } = entry;
  const log = { origin: root.origin, key: spkiOf(root.log) };
  const checkpoint = verifyCheckpoint(proof.checkpoint.envelope, log);
  const body = hashedrekordBody(bundle.dsseEnvelope, spki);
  const faults = [
    [Buffer.from(body).toString('base64') !== entry.canonicalizedBody, 'the log entry is about another envelope or key'],
    [entry.logIndex !== proof.logIndex, 'the entry and its proof name different indexes'],
    [Number(proof.treeSize) !== checkpoint.size, 'the proof and the checkpoint name different sizes'],
    [proof.rootHash !== Buffer.from(checkpoint.root).toString('base64'), 'the proof and the checkpoint name different roots'],
  ] as const;
  const fault = faults.find(([holds]) => holds);
  if (fault !== undefined) throw new Problem('log-invalid', `The statement is not in the log: ${fault[1]}`);
  return { size: checkpoint.size, root: checkpoint.root };
}

// Keyed statements have no time of their own, so no timestamp is demanded and the log key has no end: order is the log's index.
function verifyBySigstore(bundle: KeyedBundle, spki: Uint8Array, root: RootFile): void {
  const always = { start: new Date(0), end: new Date(8_640_000_000_000_000) };
  const logKey = spkiOf(root.log);
  const material: TrustMaterial = {
    certificateAuthorities: [],
    timestampAuthorities: [],
    ctlogs: [],
    tlogs: [
      {
        baseURL: `https://${root.origin}`,
        logID: Buffer.from(noteKeyId(root.origin, logKey)),
        publicKey: createPublicKey({ key: Buffer.from(logKey), format: 'der', type: 'spki' }),
        validFor: always,
      },
    ],
    publicKey: () => ({
      publicKey: createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }),
      validFor: () => true,
    }),
  };
  try {
    const verifier = new Verifier(material, { tlogThreshold: 1, ctlogThreshold: 0, timestampThreshold: 0 });
    verifier.verify(toSignedEntity(bundleFromJSON(bundle)));
  } catch (cause) {
    const inLog = cause instanceof VerificationError && cause.code.startsWith('TLOG_');
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Problem(inLog ? 'log-invalid' : 'signature-invalid', `The statement does not verify: ${message}`, { cause });
  }
}
