/**
 * Lists every identity that a certificate satisfies, so that matching an identity means comparing
 * digests.
 */
import type { Digest } from '../../skill/digest.ts';
import type { CiIdentity, OidcIdentity, PersonIdentity } from '../../statement/attestation.ts';
import { identityId, printIdentity } from '../../statement/identity-id.ts';
import type { CertificateClaims } from './certificate-identity.ts';

/**
 * Events that run a workflow on a stranger's proposal, as GitHub and GitLab name these events. A CI
 * job that such an event started has no identity.
 */
const strangersTriggers = /^(external_)?(pull_request|merge_request)/;

/**
 * Id of the identity with the OIDC issuer and the subject that the certificate names. This id names
 * the certificate whatever other identities the certificate satisfies.
 */
export function personOf({ issuer, subject }: CertificateClaims): Digest {
  const person: PersonIdentity = { issuer, subject };
  return identityId(person);
}

/**
 * Ids of all identities that a certificate satisfies; empty for a CI job that a pull request
 * started.
 */
export function idsOfClaims(claims: CertificateClaims): Digest[] {
  if (isStrangersJob(claims)) return [];
  const { issuer, subject } = claims;
  const identities: OidcIdentity[] = [
    ...(isCalled(claims) ? [] : [{ issuer, subject }]),
    ...jobsOf(claims),
  ];
  return identities.map(identityId);
}

/** Prints the signer that a certificate names, as a text for people. */
export function printClaims(claims: CertificateClaims): string {
  const { issuer, subject, trigger } = claims;
  const job = jobsOf(claims).at(-1);
  const who = printIdentity(job ?? { issuer, subject });
  return isStrangersJob(claims) ? `${who}, started by ${trigger}, which publishes nothing` : who;
}

function isStrangersJob({ trigger }: CertificateClaims): boolean {
  return trigger !== undefined && strangersTriggers.test(trigger);
}

// A reusable workflow gives its own name to every CI job that calls the workflow, from any
// repository (Fulcio's oid-info.md: .9 is the name, .18 the caller). So this name does not identify
// the job; only identities with repository and workflow identify the job.
function isCalled({ subject, instructions = subject, workflow }: CertificateClaims): boolean {
  return (
    workflow !== undefined &&
    instructions === subject &&
    subject !== workflow &&
    !subject.startsWith(`${workflow}@`)
  );
}

// A certificate that does not name the event that started the CI job identifies no job.
function jobsOf({
  issuer,
  repository,
  workflow,
  ref,
  environment,
  trigger,
}: CertificateClaims): CiIdentity[] {
  if (repository === undefined || workflow === undefined || trigger === undefined) return [];
  const job = { issuer, repository, workflow };
  return [
    ...(ref === undefined ? [] : [{ ...job, ref }]),
    ...(environment === undefined ? [] : [{ ...job, environment }]),
    ...(ref === undefined || environment === undefined ? [] : [{ ...job, ref, environment }]),
  ];
}
