/**
 * The story with somebody who has no key: the version is signed by certificate, in a scope that
 * says who publishes.
 */

import { parseScope } from '../../skills-index/skill/name.ts';
import {
  type CiIdentity,
  type Identity,
  type PersonIdentity,
  type Statement,
  scopeStatement,
} from '../../skills-index/statement/attestation.ts';
import { identityId } from '../../skills-index/statement/identity-id.ts';
import type { Decision } from '../../skills-index/trust/decision/decision.ts';
import { readClaims } from '../../skills-index/trust/signatures/certificate-identity.ts';
import { personOf } from '../../skills-index/trust/signatures/certified-identities.ts';
import { people, type Story, type Twist, tellStory } from './story.ts';
import type { Said, TestLog } from './story-log.ts';
import {
  somebody,
  someWorkflow,
  type TestCertified,
  type TestClaims,
  TestSigstore,
} from './story-sigstore.ts';

/** The Sigstore that the story's registry trusts. */
export const sigstore = new TestSigstore('certified');
export const trustedRoot = sigstore.trustedRoot;
export const acme = parseScope('acme');
const { author } = people;

/** Who owns or publishes. */
export const kim: PersonIdentity = { issuer: somebody.issuer, subject: somebody.subject };
export const job: CiIdentity = {
  issuer: someWorkflow.issuer,
  repository: someWorkflow.repository ?? '',
  workflow: 'https://ci.example/acme/skills/.ci/publish.yml',
  ref: 'refs/heads/main',
};

/** Signs and logs a statement by certificate. */
export async function certified(
  log: TestLog,
  statement: Statement,
  signer: TestCertified,
): Promise<Said> {
  return log.appendCertified(
    statement,
    await sigstore.say(statement, signer),
    personOf(readClaims(signer.certificate)),
  );
}

export interface Cast {
  readonly claims?: TestClaims;
  readonly signer?: TestCertified;
  readonly owners?: readonly Identity[];
  readonly publishers?: readonly Identity[];
  readonly twist?: Twist;
}

/**
 * The story of a version that somebody publishes by certificate in a scope of theirs; the index
 * names the one meant to publish.
 */
export async function tellCertified(cast: Cast = {}): Promise<Story> {
  const { claims = somebody, owners = [author.named], publishers } = cast;
  const signer = cast.signer ?? sigstore.certify(claims);
  const predicate = { scope: acme, owners, ...(publishers === undefined ? {} : { publishers }) };
  const story = await tellStory({
    claim: (log) =>
      owners[0] === author.named
        ? log.say(scopeStatement(predicate), author)
        : certified(log, scopeStatement(predicate), signer),
    publish: (log, statement) => certified(log, statement, signer),
    ...cast.twist,
  });
  const publisher = identityId((publishers ?? owners)[0] ?? kim);
  return {
    ...story,
    input: { ...story.input, sigstore: trustedRoot, line: { ...story.line, publisher } },
  };
}

/** Codes and messages of a refusal. */
export const messagesOf = (decision: Decision): string =>
  decision.kind === 'refused'
    ? decision.reasons.map(({ code, message }) => `${code}: ${message}`).join('\n')
    : 'admitted';
