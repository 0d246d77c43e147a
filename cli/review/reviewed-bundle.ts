/**
 * The reviewer's own copy of a version: a bundle and all its files, fetched by digest. The
 * statement to sign is checked against this copy.
 */
import { type Bundle, parseBundle, type SourceFile } from '../../skills-index/skill/bundle.ts';
import {
  capabilityDigest,
  isEmpty,
  listCapabilities,
  minus,
  printCapability,
} from '../../skills-index/skill/capability.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import {
  type ApprovalStatement,
  predicateTypes,
  versionSubjects,
} from '../../skills-index/statement/attestation.ts';
import { parseStatement } from '../../skills-index/statement/parse-statement.ts';
import { fetchesAtOnceMax } from '../limits.ts';
import { fetchStoredBlob, type RegistryWorld } from '../registries/registry-api.ts';
import type { ExactVersion } from '../terminal/exact-version.ts';

export interface ReviewedBundle {
  readonly digest: Digest;
  readonly bundle: Bundle;
  readonly files: readonly SourceFile[];
}

/**
 * Fetches a bundle and each file; every byte is checked against the digest. @throws Problem
 * `signature-invalid`, `bundle-invalid`
 */
export async function fetchReviewedBundle(
  world: RegistryWorld,
  digest: Digest,
  token: string,
): Promise<ReviewedBundle> {
  const { bundle } = parseBundle(await fetchStoredBlob(world, digest, token));
  const files: SourceFile[] = [];
  const waiting = [...bundle.files];
  const fetchNext = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const bytes = await fetchStoredBlob(world, file.sha256, token);
      if (bytes.byteLength !== file.size)
        throw new Problem(
          'bundle-invalid',
          `Cannot review: ${JSON.stringify(file.path)} does not have the size that the bundle lists`,
        );
      files.push({ path: file.path, bytes, mode: Number.parseInt(file.mode, 8) });
    }
  };
  await Promise.all(Array.from({ length: fetchesAtOnceMax }, fetchNext));
  return {
    digest,
    bundle,
    files: files.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))),
  };
}

/**
 * Parses an approval before it is signed, and checks that it is for this version, this bundle with
 * exactly its files, no more capabilities than its skill.json declares, and this key. It must not
 * be expired, and must not contain a passkey's assertion.
 * @throws Problem `statement-invalid`, `subject-mismatch`, `approval-refused`
 */
export function requireExpectedApproval(
  payload: Uint8Array,
  expected: ExactVersion & {
    readonly registry: Digest;
    readonly keyId: Digest;
    readonly now: Date;
    readonly digest: Digest;
  },
  reviewed: ReviewedBundle,
): ApprovalStatement {
  if (digestOf(payload) !== expected.digest)
    throw new Problem(
      'subject-mismatch',
      `Cannot sign: the digest of the statement that the registry sent is not ${expected.digest}`,
    );
  const statement = parseStatement(payload);
  if (statement.predicateType !== predicateTypes.approval)
    throw new Problem('statement-invalid', 'Cannot sign: the statement is not an approval');
  const { predicate, subject } = statement as ApprovalStatement;
  const about = {
    name: expected.name,
    version: expected.version,
    bundle: reviewed.digest,
    files: reviewed.bundle.files,
  };
  const wrong = [
    ...(predicate.name === expected.name && predicate.version === expected.version
      ? []
      : ['it names another version']),
    ...(predicate.registry === expected.registry
      ? []
      : [
          `it is for ${predicate.registry ?? 'no named registry'}, not for your registry ${expected.registry}`,
        ]),
    ...(predicate.bundle === reviewed.digest ? [] : ['it names another bundle']),
    ...(canonicalJson(subject) === canonicalJson(versionSubjects(about))
      ? []
      : ['its subjects are not the bundle’s files']),
    ...('keyId' in predicate.reviewer && predicate.reviewer.keyId === expected.keyId
      ? []
      : ['it is for another reviewer’s key']),
    ...(Date.parse(predicate.expires) > expected.now.getTime() ? [] : ['it has expired']),
    ...(predicate.assertion === undefined
      ? []
      : ['it already contains the assertion of a passkey']),
    ...(capabilityDigest(predicate.capabilities) === predicate.capabilityDigest
      ? []
      : ['its capability digest is wrong']),
    ...moreThanAsked(predicate.capabilities, reviewed),
  ];
  if (wrong.length > 0)
    throw new Problem(
      'subject-mismatch',
      `Cannot sign an approval of ${expected.name}@${expected.version}: ${wrong[0]}`,
      {
        reasons: wrong.map((message) => ({ message })),
        hint: 'do not sign it; make a new draft, and tell the operator if it happens again',
      },
    );
  return statement as ApprovalStatement;
}

// A bundle without skill.json was imported with an inferred manifest. Then only the statement
// itself lists the approved capabilities.
function moreThanAsked(
  approved: ApprovalStatement['predicate']['capabilities'],
  { files }: ReviewedBundle,
): string[] {
  const json = files.find((file) => file.path === 'skill.json');
  if (json === undefined) return [];
  const more = minus(approved, parseManifest(json.bytes).capabilities);
  return isEmpty(more)
    ? []
    : listCapabilities(more).map(
        (one) => `it approves ${printCapability(one)}, which skill.json does not declare`,
      );
}
