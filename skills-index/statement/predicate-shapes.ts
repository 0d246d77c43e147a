/** The shape of each predicate. A predicate with any other member is rejected. */
import * as v from 'valibot';
import { bundleFilesMax } from '../skill/bundle.ts';
import { capabilityDigest, withoutWhy } from '../skill/capability.ts';
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
import { publicKey, reasonCharsMax, type Shape } from './field-shapes.ts';
import { identityId } from './identity-id.ts';
import type { CiIdentity, Identity, OidcIdentity, PersonIdentity } from './predicates.ts';

/** Maximum length of any member of a passkey's assertion, in base64url. */
const assertionCharsMax = 8_192;

const nonceCharsMax = 128;

const nonceCharsMin = 16;

const originCharsMax = 300;

const summaryInputsMax = 100;

/** Maximum length of an issuer, subject, workflow or similar field of an OIDC identity. */
export const identityCharsMax = 512;

/** Maximum number of OIDC identities of one member. */
const memberIdentitiesMax = 20;

/** Maximum number of a scope's owners; the same limit holds for a scope's publishers. */
export const scopeOwnersMax = 50;

// The shapes of identities in statements. Each field of an identity is compared exactly, and no
// field may contain a pattern.

const exactText = v.pipe(
  v.string(),
  v.minLength(1, 'is empty'),
  v.maxLength(identityCharsMax, `is longer than ${identityCharsMax} characters`),
  v.check(
    (text) => text.trim() === text && !/[\p{C}\p{Zl}\p{Zp}]/u.test(text),
    'has spaces at its ends or invisible characters',
  ),
  v.check(
    (text) => !text.includes('*'),
    'has a *, and identities are matched exactly, never by a pattern',
  ),
);

// An issuer's URL may begin with http: only for addresses that never leave this machine.
const issuer = v.pipe(
  exactText,
  v.regex(
    /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1)(:\d+)?(\/|$))[^\s?#]*$/,
    'is not the https address of an issuer',
  ),
);

export const person: Shape<PersonIdentity> = exactObject({ issuer, subject: exactText });

const ci: Shape<CiIdentity> = v.pipe(
  exactObject({
    issuer,
    repository: v.pipe(
      exactText,
      v.regex(
        /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
        'is not the id of a repository, which does not change as its name does',
      ),
    ),
    workflow: v.pipe(
      exactText,
      v.regex(/^https?:\/\/[^\s@]+$/, 'is not the address of a workflow file without its @ref'),
    ),
    ref: v.exactOptional(
      v.pipe(exactText, v.regex(/^refs\/\S+$/, 'is not a whole ref such as "refs/heads/main"')),
    ),
    environment: v.exactOptional(exactText),
  }),
  v.check(
    (one) => one.ref !== undefined || one.environment !== undefined,
    'names neither a ref nor an environment: any branch could publish',
  ),
);

/**
 * The shape of a key, a person or a CI job. The fields of the given value decide which of the three
 * shapes applies, so that each message names the fault of that shape.
 */
export const identityShape: Shape<Identity> = v.lazy((given): Shape<Identity> => {
  if (isObjectWith(given, 'keyId') || isObjectWith(given, 'spki')) return publicKey;
  return isObjectWith(given, 'subject') ? person : ci;
});

/** The identities of a member at OIDC issuers: none or several, each identity once. */
export const memberIdentities: Shape<OidcIdentity[]> = v.pipe(
  boundedList(
    v.lazy((given): Shape<OidcIdentity> => (isObjectWith(given, 'subject') ? person : ci)),
    memberIdentitiesMax,
    'is too long',
  ),
  v.check((list) => new Set(list.map(identityId)).size === list.length, 'names an identity twice'),
);

/** The owners or publishers of a scope: at least one identity, each identity once. */
export const identityList: Shape<Identity[]> = v.pipe(
  boundedList(identityShape, scopeOwnersMax, 'is too long'),
  v.minLength(1, 'is empty'),
  v.check((list) => new Set(list.map(identityId)).size === list.length, 'names an identity twice'),
);

function isObjectWith(given: unknown, key: string): boolean {
  return typeof given === 'object' && given !== null && Object.hasOwn(given, key);
}

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
