/** Steps of the road for somebody without a key. */

import { parseScope } from '../../skills-index/skill/name.ts';
import {
  type CiIdentity,
  type Identity,
  type PersonIdentity,
  type Statement,
  scopeStatement,
} from '../../skills-index/statement/attestation.ts';
import {
  provenanceStatement,
  publishStatement,
} from '../../skills-index/statement/version-statement.ts';
import {
  somebody,
  someWorkflow,
  type TestCertified,
  type TestClaims,
  TestSigstore,
} from '../skills-index/story-sigstore.ts';
import {
  type Answer,
  aboutOf,
  call,
  type Door,
  namedFor,
  registryIdAt,
  type Skill,
  sendOf,
  tarOf,
} from './road.ts';

/** The Sigstore that the registry trusts. */
export const sigstore = new TestSigstore('registry');
export const kim: PersonIdentity = { issuer: somebody.issuer, subject: somebody.subject };
export const job: CiIdentity = {
  issuer: someWorkflow.issuer,
  repository: '4711',
  workflow: 'https://ci.example/acme/skills/.ci/publish.yml',
  ref: 'refs/heads/main',
};
let certificates = 0;
/** A certificate of its own each time, as Fulcio gives them. */
export const certify = (claims: TestClaims): TestCertified =>
  sigstore.certify(claims, {}, `key ${certificates++}`);

export const publication = (skill: Skill): Statement =>
  publishStatement(aboutOf(skill), { manifest: skill.manifest, tool: 'test' });
export const provenanceOf = (skill: Skill): Statement =>
  provenanceStatement(aboutOf(skill), { buildDefinition: {} });

/** Posts a statement by certificate. */
export async function post(
  door: Door,
  statement: Statement,
  signer: TestCertified,
): Promise<Answer> {
  return call(door, '/api/v1/statements', {
    json: await sigstore.say(namedFor(await registryIdAt(door), statement), signer),
  });
}

/** Claims a scope with a certificate of its own. */
export async function claim(
  door: Door,
  scope: string,
  {
    owners,
    publishers,
    signer,
  }: { owners: readonly Identity[]; publishers?: readonly Identity[]; signer: TestCertified },
): Promise<Answer> {
  const named = publishers === undefined ? {} : { publishers };
  return post(door, scopeStatement({ scope: parseScope(scope), owners, ...named }), signer);
}

/** Uploads a skill with these parts, each as JSON. */
export async function upload(
  door: Door,
  skill: Skill,
  parts: { readonly publish: unknown; readonly provenance?: unknown },
  headers: Record<string, string> = {},
): Promise<Answer> {
  const form = new FormData();
  for (const [name, part] of Object.entries(parts)) form.set(name, JSON.stringify(part));
  form.set('bundle', new Blob([Buffer.from(tarOf(skill))]), 'bundle.tar');
  const response = await sendOf(door)('/api/v1/versions', { method: 'POST', body: form, headers });
  return { status: response.status, body: await response.json() };
}

/** Publishes with a certificate of its own. */
export async function publishBy(door: Door, skill: Skill, claims: TestClaims): Promise<Answer> {
  return upload(door, skill, { publish: await sigstore.say(publication(skill), certify(claims)) });
}
