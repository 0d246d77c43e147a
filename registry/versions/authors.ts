/**
 * No author decides on their own version: an author of a version neither moves nor reviews it, nor
 * lifts a suspension of it.
 */
import type { Digest } from '../../skills-index/skill/digest.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { identityId, printIdentity } from '../../skills-index/statement/identity-id.ts';
import {
  type Acting,
  isAuthor,
  type Publication,
  whyAuthor,
} from '../../skills-index/trust/members-and-scopes/authors.ts';
import type { Identities } from '../../skills-index/trust/members-and-scopes/identities.ts';
import type { Actor, EnrolledMember, Registry } from '../context.ts';
import { latest, readIdentities } from '../people/identities.ts';
import { statementsOf } from './manifests.ts';
import type { VersionRow } from './versions.ts';

type Published = Pick<VersionRow, 'id' | 'name'>;

/** The signer of the publication, and its log index. */
export async function publishedBy(
  registry: Registry,
  { id, name }: Published,
): Promise<{ readonly signer: Digest; readonly logIndex: number }> {
  const [row] = await statementsOf(registry, id, predicateTypes.publish);
  if (row === undefined) throw new Problem('internal', `${name} has no publication`);
  return { signer: row.signer, logIndex: row.logIndex };
}

/**
 * The publisher of a version for people: a key id, or the person or CI job that the scope named
 * then.
 */
export async function namePublisher(
  registry: Registry,
  version: Published & Pick<VersionRow, 'publisher'>,
): Promise<string> {
  const scope = scopeOf(version.name);
  const { chain } = await readIdentities(registry, { scopes: [scope] });
  const { logIndex } = await publishedBy(registry, version);
  const found = chain
    .publishersOf(scope, logIndex)
    .find((identity) => identityId(identity) === version.publisher);
  return found === undefined ? version.publisher : printIdentity(found);
}

/** Whether somebody published a version or owns its scope, with any key or identity. */
export async function isOwn(registry: Registry, version: Published, who: Acting): Promise<boolean> {
  const { chain, publication } = await publicationIn(registry, version);
  return isAuthor(chain, publication, who, latest);
}

/**
 * Why somebody cannot approve a version or lift its suspension: they are its author, or no signed
 * statement rules that out.
 */
export async function whyOwn(
  registry: Registry,
  version: Published,
  who: Acting & { readonly enrolled: EnrolledMember | undefined },
): Promise<string | undefined> {
  const { chain, publication } = await publicationIn(registry, version);
  return whyAuthor(chain, publication, who, latest);
}

/** Why somebody cannot approve a version under the registry's policy. */
export async function whyNotApprover(
  registry: Registry,
  ...question: [Published, Acting & { readonly enrolled: EnrolledMember | undefined }]
): Promise<string | undefined> {
  return registry.policy.alone === true ? undefined : whyOwn(registry, ...question);
}

async function publicationIn(
  registry: Registry,
  version: Published,
): Promise<{ readonly chain: Identities; readonly publication: Publication }> {
  const publication = { scope: scopeOf(version.name), ...(await publishedBy(registry, version)) };
  const question = { scopes: [publication.scope], ids: [publication.signer] };
  return { chain: (await readIdentities(registry, question)).chain, publication };
}

/** @throws Problem `forbidden` when the actor is an author of the version */
export async function requireNoAuthor(
  registry: Registry,
  { subject, member }: Actor,
  version: Published,
): Promise<void> {
  const who = {
    ...(subject.kind === 'key' ? { keyId: subject.keyId } : {}),
    ...(member === undefined ? {} : { member: member.name }),
  };
  if (await isOwn(registry, version, who)) throw ownVersion();
}

/** The problem for an author. */
export function ownVersion(why?: string): Problem {
  const what = 'An author may not act on a version that they published or whose scope they own';
  return new Problem('forbidden', why === undefined ? what : `${what}: ${why}`, {
    hint: 'Ask another reviewer.',
  });
}
