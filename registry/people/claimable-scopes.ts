/**
 * Scope names that a stranger cannot claim first: names that people would take for the registry or
 * a vendor, and names that look like the scope of another owner.
 */
import { isLookAlike, looksLike, strictForm } from '../../skills-index/skill/look-alike.ts';
import type { Scope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type IdentityStatement,
  predicateTypes,
} from '../../skills-index/statement/attestation.ts';
import { identityId, printIdentity } from '../../skills-index/statement/identity-id.ts';
import { idsOf } from '../../skills-index/trust/members-and-scopes/match.ts';
import type { Registry } from '../context.ts';
import type { NewStatement } from '../log/appending.ts';
import { claimantName, isFirstClaim, similarNames } from '../log/logged-bundle.ts';
import { latest, memberNow, readIdentities, readMembers } from './identities.ts';
import { findIdentityStatements, findSomeIdentityStatements } from './identity-statements.ts';

/** Scopes that one key, person or repository may claim first. */
export const firstClaimsMax = 10;

const reserved: readonly string[] = [
  'admin',
  'administrator',
  'api',
  'desk',
  'help',
  'index',
  'log',
  'official',
  'operator',
  'registry',
  'review',
  'root',
  'security',
  'skill',
  'skillgate',
  'skills',
  'support',
  'system',
  'tuf',
  'verified',
  'amazon',
  'anthropic',
  'apple',
  'chatgpt',
  'claude',
  'codex',
  'copilot',
  'cursor',
  'deepmind',
  'gemini',
  'google',
  'meta',
  'microsoft',
  'mistral',
  'nvidia',
  'openai',
  'opencode',
  'xai',
  // Names that vendors use elsewhere, and the registries and forges that attackers would imitate.
  'anthropic-ai',
  'anthropics',
  'claude-ai',
  'claude-code',
  'github',
  'gitlab',
  'npm',
  'npmjs',
  'pypi',
  'skillgates',
];

/**
 * Rejects a first claim of such a name. Administrators may make it: they claim the scope and
 * transfer it to its rightful owner. An owner of the scope that the name looks like may make it,
 * too.
 * @throws Problem `scope-reserved`
 */
export async function requireClaimableScope(
  registry: Registry,
  {
    statement,
    signer,
  }: { readonly statement: IdentityStatement; readonly signer: NewStatement['signer'] },
): Promise<void> {
  if (statement.predicateType !== predicateTypes.scope || !isFirstClaim(statement)) return;
  // A CI job has the identities of its workflow and of its repository. Each of the two may be the
  // owner.
  const ids = 'keyId' in signer ? [signer.keyId] : idsOf(signer);
  const members = await readMembers(registry);
  if (ids.some((id) => members.chain.isMember(id, 'administrator', latest))) return;
  const { scope } = statement.predicate;
  const kept =
    reserved.find((name) => name === scope) ?? reserved.find((name) => isLikeReserved(name, scope));
  if (kept !== undefined)
    throw reservedProblem(
      scope,
      kept === scope ? 'this name is reserved' : `it looks like @${kept}, which is reserved`,
    );
  const alike = await readLookAlikes(registry, scope);
  const { chain } = await readIdentities(registry, { scopes: alike });
  const owns = (other: Scope): boolean =>
    chain.ownersOf(other, latest).some((identity) => ids.includes(identityId(identity)));
  const twin = alike.find((other) => !owns(other));
  if (twin !== undefined) {
    if (registry.readers?.isPrivate(twin))
      throw reservedProblem(scope, 'it looks like a scope that belongs to others');
    const owners = chain.ownersOf(twin, latest).map(printIdentity).join(', ');
    throw reservedProblem(
      scope,
      `it looks like @${twin}, which belongs to ${owners || 'nobody now'}`,
    );
  }
}

async function readLookAlikes(registry: Registry, scope: Scope): Promise<Scope[]> {
  const words = await findIdentityStatements(registry, similarNames(scope), latest);
  const claimed = words.flatMap((word) =>
    'why' in word || word.statement.predicateType !== predicateTypes.scope
      ? []
      : [word.statement.predicate.scope],
  );
  return claimed.filter((other) => other !== scope && isLookAlike(other, scope));
}

// A short name is one letter away from many words, so `apl` does not count as `api`. A digit in
// place of a letter shows intent.
function isLikeReserved(name: string, scope: string): boolean {
  return name.length < longNameChars ? isLookAlike(name, scope) : looksLike(name, scope, drawnForm);
}

const longNameChars = 5;

// `gooogle`: readers do not count repeated letters.
function drawnForm(name: string): string {
  return strictForm(name).replace(/(.)\1{2,}/g, '$1$1');
}

function reservedProblem(scope: Scope, why: string): Problem {
  return new Problem('scope-reserved', `Cannot claim @${scope}: ${why}`, {
    hint: 'Claim another name. If the name is rightly yours, ask an administrator of this registry: they claim it and transfer it to you (skillgate scope claim, skillgate scope transfer).',
  });
}

// Limits how many scopes one identity may claim first: every installer verifies each claim again.

/**
 * Rejects a first claim beyond the limit. The limit does not apply to members.
 * @param countClaim counts a stranger's claim for its network address
 * @throws Problem `request-invalid`, and what `countClaim` throws
 */
export async function requireFewClaims(
  registry: Registry,
  {
    statement,
    signer,
  }: { readonly statement: IdentityStatement; readonly signer: NewStatement['signer'] },
  countClaim: () => void = () => undefined,
): Promise<void> {
  if (!isFirstClaim(statement)) return;
  const { chain } = await readMembers(registry);
  if ('keyId' in signer && memberNow(registry, chain, signer.keyId) !== undefined) return;
  // Keys cost nothing, so a client with a new key for each claim is counted by its address.
  countClaim();
  const name = claimantName(
    'keyId' in signer
      ? { signer: signer.keyId }
      : { signer: signer.signer, claims: signer.certified.claims },
  );
  const { words } = await findSomeIdentityStatements(registry, name, {
    after: -1,
    limit: firstClaimsMax,
  });
  if (words.length < firstClaimsMax) return;
  throw new Problem(
    'request-invalid',
    `An identity may be the first to claim at most ${firstClaimsMax} scopes, and your identity has reached this limit`,
    {
      hint: 'Ask an administrator of the registry to claim the scope and transfer it to you.',
    },
  );
}
