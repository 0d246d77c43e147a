/** The shape of each predicate. A predicate with any other member is rejected. */
import * as v from 'valibot';
import { capabilityDigest, withoutWhy } from '../skill/capability.ts';
import { bundleFilesMax } from '../skill/limits.ts';
import { type Manifest, parseManifestJson } from '../skill/manifest.ts';
import { Problem } from '../skill/problem.ts';
import { boundedList, exactObject, unplaced } from '../skill/shape.ts';
import { canonicalJson } from '../skill/text/canonical-json.ts';
import {
  type AdvicePredicate,
  type ApprovalPredicate,
  type KeyPredicate,
  type MemberPredicate,
  memberRoles,
  type ObservedPredicate,
  type ProvenanceStatement,
  type PublishPredicate,
  type RevocationPredicate,
  type ScanPredicate,
  type ScopePredicate,
  type StatementKind,
  type VerificationSummary,
} from './attestation.ts';
import * as field from './field-shapes.ts';
import { identityList, memberIdentities } from './identity-shapes.ts';
import {
  assertionCharsMax,
  nonceCharsMax,
  nonceCharsMin,
  originCharsMax,
  reasonCharsMax,
  summaryInputsMax,
} from './limits.ts';

interface Predicates {
  readonly publish: PublishPredicate;
  readonly scan: ScanPredicate;
  readonly approval: ApprovalPredicate;
  readonly summary: VerificationSummary;
  readonly revocation: RevocationPredicate;
  readonly advice: AdvicePredicate;
  readonly member: MemberPredicate;
  readonly scope: ScopePredicate;
  readonly key: KeyPredicate;
  readonly provenance: ProvenanceStatement['predicate'];
  readonly observed: ObservedPredicate;
}

const shortText = v.pipe(
  v.string(),
  v.minLength(1, 'is empty'),
  v.maxLength(reasonCharsMax, 'is too long'),
);

/**
 * A manifest in the form that `parseManifest` returns: with all defaults written out, entries in
 * order, and no `$schema`.
 */
const manifest: field.Shape<Manifest> = v.rawTransform(({ dataset, addIssue, NEVER }) => {
  try {
    const parsed = parseManifestJson(unplaced(dataset.value, 'manifest'), 'the manifest');
    if (canonicalJson(parsed) === canonicalJson(dataset.value)) return parsed;
    addIssue({ message: 'is not in the form that the manifest parser returns' });
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    addIssue({ message: cause.message });
  }
  return NEVER;
}) as never;

const nonce = v.pipe(
  v.string(),
  v.minLength(nonceCharsMin, `is shorter than ${nonceCharsMin} characters`),
  v.maxLength(nonceCharsMax, 'is too long'),
);

const assertionPart = v.pipe(field.base64url, v.maxLength(assertionCharsMax, 'is too long'));

// The registry in which the statement counts. Other code decides up to which log index a statement
// may leave the registry out.
const registry = v.exactOptional(field.digest);
const verdict = v.picklist(['pass', 'review', 'block', 'incomplete']);
const digested = exactObject({ digest: exactObject({ sha256: field.hex }) });

const approval = v.pipe(
  exactObject({
    registry,
    name: field.skillName,
    version: field.version,
    bundle: field.digest,
    capabilities: v.pipe(
      field.capabilities,
      v.check(
        (grouped) => canonicalJson(withoutWhy(grouped)) === canonicalJson(grouped),
        'are not grouped, sorted and without "why"',
      ),
    ),
    capabilityDigest: field.digest,
    scanReport: field.digest,
    ruleSet: field.digest,
    policy: field.digest,
    reviewer: v.union(
      [
        exactObject({ member: field.memberName, keyId: field.digest }),
        exactObject({ member: field.memberName, credentialId: assertionPart }),
      ],
      'is not a member with a keyId or a credentialId',
    ),
    reason: field.reason,
    nonce,
    expires: field.isoTime,
    independent: v.boolean(),
    assertion: v.exactOptional(
      exactObject({
        credentialId: assertionPart,
        authenticatorData: assertionPart,
        clientDataJSON: assertionPart,
        signature: assertionPart,
      }),
    ),
  }),
  v.check(
    (one) => capabilityDigest(one.capabilities) === one.capabilityDigest,
    'has a capabilityDigest that is not that of its capabilities',
  ),
  v.check(
    (one) => one.assertion === undefined || 'credentialId' in one.reviewer,
    'has an assertion but a reviewer with a key',
  ),
);

const member = v.pipe(
  exactObject({
    registry,
    name: field.memberName,
    roles: v.pipe(
      boundedList(v.picklist(memberRoles), memberRoles.length),
      v.minLength(1, 'is empty'),
      v.check((roles) => new Set(roles).size === roles.length, 'names a role twice'),
    ),
    key: v.exactOptional(field.publicKey),
    passkey: v.exactOptional(
      exactObject({
        credentialId: assertionPart,
        publicKey: assertionPart,
        rpId: v.pipe(v.string(), v.maxLength(originCharsMax, 'is too long')),
        origin: v.pipe(
          v.string(),
          v.regex(/^https?:\/\/[^/\s]+$/, 'is not an origin'),
          v.maxLength(originCharsMax, 'is too long'),
        ),
      }),
    ),
    identities: v.exactOptional(memberIdentities),
    state: v.picklist(['enrolled', 'ended']),
    validUpTo: v.exactOptional(field.logIndex),
    previous: v.exactOptional(
      v.union([field.digest, v.literal('none')], 'is neither a digest nor none'),
    ),
    nonce,
  }),
  v.check(
    (one) => one.identities === undefined || one.state === 'enrolled',
    'names identities though it is ended',
  ),
  v.check(
    (one) => (one.key === undefined) !== (one.passkey === undefined),
    'needs a key or a passkey, not both',
  ),
  v.check(
    (one) => one.validUpTo === undefined || one.state === 'ended',
    'has validUpTo though it is not ended',
  ),
);

const key = v.pipe(
  exactObject({
    registry,
    key: field.publicKey,
    state: v.picklist(['enrolled', 'ended']),
    replaces: v.exactOptional(field.digest),
    validUpTo: v.exactOptional(field.logIndex),
  }),
  v.check(
    (one) => one.validUpTo === undefined || one.state === 'ended',
    'has validUpTo though it is not ended',
  ),
  v.check(
    (one) => one.replaces === undefined || one.state === 'enrolled',
    'replaces a key though it is ended',
  ),
  v.check((one) => one.replaces !== one.key.keyId, 'replaces itself'),
);

/** The shape of the predicate of each kind of statement. */
export const predicateShapes: { readonly [Kind in StatementKind]: field.Shape<Predicates[Kind]> } =
  {
    publish: exactObject({ manifest, tool: shortText, inferred: v.exactOptional(v.literal(true)) }),
    scan: exactObject({
      registry,
      ruleSet: field.digest,
      report: field.digest,
      verdict,
      isolation: shortText,
      coverage: boundedList(
        exactObject({
          path: field.bundlePath,
          sha256: field.digest,
          disposition: v.picklist(['analysed', 'inert', 'unanalysed']),
        }),
        bundleFilesMax,
        'is too long',
      ),
    }),
    approval,
    summary: exactObject({
      registry,
      verifier: exactObject({ id: shortText }),
      timeVerified: field.isoTime,
      resourceUri: shortText,
      policy: digested,
      inputAttestations: boundedList(digested, summaryInputsMax, 'is too long'),
      verificationResult: v.picklist(['PASSED', 'FAILED']),
      verifiedLevels: boundedList(shortText, summaryInputsMax),
    }),
    revocation: exactObject({
      registry,
      kind: v.picklist(['suspended', 'lifted', 'revoked']),
      target: v.union(
        [
          exactObject({ bundle: field.digest }),
          exactObject({ name: field.skillName, version: field.version }),
          exactObject({ publisher: field.digest }),
        ],
        'is not a bundle, a version or a publisher',
      ),
      reason: field.reason,
      nonce,
    }),
    advice: exactObject({
      registry,
      name: field.skillName,
      version: field.version,
      kind: v.picklist(['yanked', 'unyanked', 'deprecated', 'undeprecated']),
      reason: field.reason,
      replacement: v.exactOptional(field.skillName),
      nonce,
    }),
    member,
    scope: exactObject({
      registry,
      scope: field.scope,
      owners: identityList,
      publishers: v.exactOptional(identityList),
      previous: v.exactOptional(field.digest),
    }),
    key,
    provenance: v.record(v.string(), v.unknown()),
    observed: exactObject({ registry, observation: field.digest, verdict }),
  };
