/**
 * As whom a certificate speaks: every identity that its claims satisfy, so that matching one is
 * comparing digests.
 */
import type { Digest } from '../../skill/digest.ts';
import type { CiIdentity, OidcIdentity, PersonIdentity } from '../../statement/attestation.ts';
import { identityId, printIdentity } from '../../statement/identity-id.ts';
import type { CertificateClaims } from './certificate-identity.ts';

/**
 * Events that run a workflow on what a stranger proposes, in GitHub's and GitLab's words: such a
 * job speaks for nobody.
 */
const strangersTriggers = /^(external_)?(pull_request|merge_request)/;

/** Id of the person form, by which a certificate is named whoever it may speak for. */
export function personOf({ issuer, subject }: CertificateClaims): Digest {
  const person: PersonIdentity = { issuer, subject };
  return identityId(person);
}

/**
 * Ids of all identities that a certificate satisfies; none for a job that a pull request started.
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

/** Whom a certificate names, for people. */
export function printClaims(claims: CertificateClaims): string {
  const { issuer, subject, trigger } = claims;
  const job = jobsOf(claims).at(-1);
  const who = printIdentity(job ?? { issuer, subject });
  return isStrangersJob(claims) ? `${who}, started by ${trigger}, which publishes nothing` : who;
}

function isStrangersJob({ trigger }: CertificateClaims): boolean {
  return trigger !== undefined && strangersTriggers.test(trigger);
}

// The name of a job of a reusable workflow is that workflow's, whoever called it from whatever
// repository (Fulcio's oid-info.md: .9 is the name, .18 the caller): then the name alone says
// nothing of whose job it is, and the job's own forms do.
function isCalled({ subject, instructions = subject, workflow }: CertificateClaims): boolean {
  return (
    workflow !== undefined &&
    instructions === subject &&
    subject !== workflow &&
    !subject.startsWith(`${workflow}@`)
  );
}

// A job whose certificate does not say what started it is no job that anybody named: silence means
// no.
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
