/**
 * Scope names that a stranger cannot claim first: names that people would take for the registry or
 * a vendor, names of devices on Windows, and names that look like the scope of another owner.
 */
import type { Scope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type IdentityStatement,
  predicateTypes,
} from '../../skills-index/statement/attestation.ts';
import { identityId } from '../../skills-index/statement/identity-id.ts';
import { idsOf } from '../../skills-index/trust/members-and-scopes/match.ts';
import type { NewStatement } from '../log/appending.ts';
import { isFirstClaim } from './first-claims.ts';
import { latest } from './identities.ts';
import type { KnownIdentities } from './known-identities.ts';

const devices = ['com', 'lpt'].flatMap((port) =>
  Array.from({ length: 9 }, (_, at) => `${port}${at + 1}`),
);

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
  'aux',
  'con',
  'nul',
  'prn',
  ...devices,
];

/**
 * Rejects a first claim of such a name. Administrators may make it: they claim the scope and
 * transfer it to its rightful owner. An owner of the scope that the name looks like may make it,
 * too.
 * @throws Problem `scope-reserved`
 */
export function requireClaimableScope(
  { chain, statements }: Pick<KnownIdentities, 'chain' | 'statements'>,
  {
    statement,
    signer,
  }: { readonly statement: IdentityStatement; readonly signer: NewStatement['signer'] },
): void {
  if (statement.predicateType !== predicateTypes.scope || !isFirstClaim(statement)) return;
  // A CI job has the identities of its workflow and of its repository. Each of the two may be the
  // owner.
  const ids = 'keyId' in signer ? [signer.keyId] : idsOf(signer);
  if (ids.some((id) => chain.isMember(id, 'administrator', latest))) return;
  const { scope } = statement.predicate;
  const kept =
    reserved.find((name) => name === scope) ?? reserved.find((name) => isLikeReserved(name, scope));
  if (kept !== undefined)
    throw reservedProblem(
      scope,
      kept === scope ? 'this name is reserved' : `it looks like @${kept}, which is reserved`,
    );
  const owns = (other: Scope): boolean =>
    chain.ownersOf(other, latest).some((identity) => ids.includes(identityId(identity)));
  const claimed = statements.flatMap((verified) =>
    verified.statement.predicateType === predicateTypes.scope && isFirstClaim(verified.statement)
      ? [verified.statement.predicate.scope]
      : [],
  );
  const twin = claimed.find(
    (other) => other !== scope && isLookAlike(other, scope) && !owns(other),
  );
  if (twin !== undefined)
    throw reservedProblem(scope, `it looks like @${twin}, which belongs to somebody else`);
}

/**
 * Whether two scopes look the same to a hasty reader. `mail` and `mall` do not; `ma1l` looks like
 * both.
 */
export function isLookAlike(scope: string, other: string): boolean {
  const hasDigit = /\d/.test(scope) || /\d/.test(other);
  return looksLike(scope, other, plainForm) || (hasDigit && looksLike(scope, other, strictForm));
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

function looksLike(scope: string, other: string, form: (name: string) => string): boolean {
  return form(scope) === form(other);
}

function plainForm(name: string): string {
  return name.replaceAll('-', '').replaceAll('rn', 'm').replaceAll('vv', 'w').replaceAll('0', 'o');
}

function strictForm(name: string): string {
  return plainForm(name)
    .replace(/[1i]/g, 'l')
    .replaceAll('5', 's')
    .replaceAll('3', 'e')
    .replaceAll('4', 'a');
}

function reservedProblem(scope: Scope, why: string): Problem {
  return new Problem('scope-reserved', `Cannot claim @${scope}: ${why}`, {
    hint: 'Claim another name. If the name is rightly yours, ask an administrator of this registry: they claim it and transfer it to you (skillgate scope claim, skillgate scope transfer).',
  });
}
