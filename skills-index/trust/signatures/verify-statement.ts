/**
 * Verifies a Sigstore bundle: the bundle's signature, the bundle's place in our log, and the checks
 * that @sigstore/verify leaves to its caller.
 */
import { noteKeyId } from '../../log/checkpoint.ts';
import { certifiedBody, hashedrekordBody } from '../../log/entry.ts';
import { leafHash, type TreeHead, verifyInclusion } from '../../log/merkle-tree.ts';
import { type Digest, digestOf } from '../../skill/digest.ts';
import { Problem } from '../../skill/problem.ts';
import { predicateTypes, type Statement } from '../../statement/attestation.ts';
import { parseStatement } from '../../statement/parse-statement.ts';
import { requireInToto } from '../../statement/signature-formats/envelope.ts';
import { type ParseKey, parseKey } from '../../statement/signature-formats/parse-key.ts';
import {
  addressOf,
  isCertified,
  parseSigstoreBundle,
  type SigstoreBundle,
  withoutOwnEntry,
} from '../../statement/signature-formats/sigstore-bundle.ts';
import type { LoggedStatement } from '../members-and-scopes/identities.ts';
import type { RootFile } from '../root/root.ts';
import { type RootCheckpoint, verifyRootCheckpoint } from '../root/root-office.ts';
import { idsOfClaims, personOf } from './certified-identities.ts';
import { type KeySource, signerKey, verifyKeyed } from './keyed-signature.ts';
import { requireEntry } from './require-entry.ts';
import { type Certified, verifyCertified } from './verify-certified.ts';

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
