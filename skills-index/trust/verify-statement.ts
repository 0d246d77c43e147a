/**
 * Verifies a Sigstore bundle: signature, place in our log, and what @sigstore/verify leaves to its
 * caller.
 */
import { noteKeyId } from '../log/checkpoint.ts';
import { certifiedBody, hashedrekordBody } from '../log/entry.ts';
import { leafHash, type TreeHead, verifyInclusion } from '../log/merkle-tree.ts';
import { canonicalJson } from '../skill/canonical-json.ts';
import { type Digest, digestOf } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import {
  predicateTypes,
  type Statement,
  type Subject,
  type VersionSubject,
  versionSubjects,
} from '../statement/attestation.ts';
import { type ParseKey, parseKey } from '../statement/parse-key.ts';
import { parseStatement } from '../statement/parse-statement.ts';
import { requireInToto } from '../statement/sign.ts';
import {
  addressOf,
  isCertified,
  parseSigstoreBundle,
  type SigstoreBundle,
  withoutOwnEntry,
} from '../statement/sigstore-bundle.ts';
import type { LoggedStatement } from './identity/identities.ts';
import { type KeySource, signerKey, verifyKeyed } from './keyed-signature.ts';
import type { RootFile } from './root.ts';
import { type RootCheckpoint, verifyRootCheckpoint } from './root-office.ts';
import { idsOfClaims, personOf } from './sigstore/certified-identities.ts';
import { type Certified, verifyCertified } from './sigstore/verify-certified.ts';

export interface VerifiedStatement extends LoggedStatement {
  /** SHA-256 of the signed payload. */
  readonly payloadDigest: Digest;
  /** The checkpoint in the bundle; `retired` when a former log key signed it. */
  readonly checkpoint: TreeHead & { readonly retired: boolean };
  /** Whom the certificate names, where one signed. */
  readonly certified?: Certified;
}

export interface VerifyOptions {
  readonly root: RootFile;
  /**
   * SPKI DER of a key by its id. When absent, the key comes from the log entry. Its id is its own
   * digest, so the signer is proven either way; the caller judges the signer's rights.
   */
  readonly keys?: KeySource;
  /**
   * JSON of a Sigstore trusted_root.json, trusted; without it nothing counts that a certificate
   * signed.
   */
  readonly sigstore?: unknown;
  /**
   * Parses keys. A caller that verifies several bundles shares one parser, since few keys sign most
   * of them.
   */
  readonly parse?: ParseKey;
}

/**
 * Keyless identities may publish and own scopes. Identity statements, approvals and revocations
 * must be signed with keys.
 */
const certifiedTypes: readonly Statement['predicateType'][] = [
  predicateTypes.publish,
  predicateTypes.provenance,
  predicateTypes.scope,
];

/**
 * Verifies one bundle's JSON.
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

/**
 * Requires exactly the subjects of this version, in the order of the bundle.
 * @throws Problem `subject-mismatch`
 */
export function requireSubjects(
  statement: Statement,
  about: VersionSubject | readonly Subject[],
): void {
  const expected = 'bundle' in about ? versionSubjects(about) : about;
  if (canonicalJson(expected) === canonicalJson(statement.subject)) return;
  const names = statement.subject.slice(0, 3).map((subject) => subject.name);
  throw new Problem(
    'subject-mismatch',
    `The statement's ${statement.subject.length} subjects (${names.join(', ')} …) are not the ${expected.length} of this version`,
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
      'A certificate signed this, and no Sigstore root is trusted here to verify it by',
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

// @sigstore/verify accepts a checkpoint whose name is part of the log's address, any kind of entry,
// and unread top-level numbers, so the entry is verified here.
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
  const faults = [
    [
      Buffer.from(body).toString('base64') !== entry.canonicalizedBody,
      'the log entry is about another envelope or signer',
    ],
    [entry.logIndex !== proof.logIndex, 'the entry and its proof name different indexes'],
    [Number(proof.treeSize) !== size, 'the proof and the checkpoint name different sizes'],
    [
      proof.rootHash !== Buffer.from(head).toString('base64'),
      'the proof and the checkpoint name different roots',
    ],
    [
      entry.logId.keyId !== Buffer.from(noteKeyId(root.origin, logKey)).toString('base64'),
      'the entry names another log',
    ],
    [
      !verifyInclusion({ ...placed, proof: hashes }),
      'the proof does not lead from the entry to the root of the log',
    ],
  ] as const;
  const fault = faults.find(([holds]) => holds);
  if (fault !== undefined)
    throw new Problem('log-invalid', `The statement is not in the log: ${fault[1]}`);
  return checkpoint;
}
