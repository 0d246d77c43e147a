/** The owners of a scope, from the registry: for messages only, never for a decision. */
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Scope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Identity } from '../../skills-index/statement/attestation.ts';
import { identityId, printIdentity } from '../../skills-index/statement/identity-id.ts';
import { scopeAnswer } from '../registries/registry-answers.ts';
import { askRegistry, type RegistryWorld } from '../registries/registry-api.ts';
import type { Someone } from '../signing/someone.ts';

/** Requires that nobody else owns the scope. @throws Problem `scope-taken` with its owners */
export async function requireScopeOwner(
  world: RegistryWorld,
  scope: Scope,
  { ids, name }: Pick<Someone, 'ids' | 'name'>,
): Promise<void> {
  const { owners, statement } = await peopleOf(world, scope);
  if (owners.length === 0 && statement !== undefined)
    throw new Problem('scope-taken', `Cannot use @${scope}: ${noOwnerLeft}`, {
      hint: newOwner(scope),
    });
  if (owners.length === 0 || speaksFor(ids, owners)) return;
  throw new Problem(
    'scope-taken',
    `Cannot use @${scope}: the scope belongs to ${owners.map(printIdentity).join(', ')}, and you are ${name}`,
    {
      hint: 'use a scope of your own (skillgate scope claim NAME), or sign with the key that owns it: --key NAME',
    },
  );
}

/**
 * Requires that this user may publish in the scope, before a certificate is requested. @throws
 * Problem `scope-taken`, `scope-unclaimed`
 */
export async function requirePublisher(
  world: RegistryWorld,
  scope: Scope,
  { ids, name }: Someone,
): Promise<void> {
  const { owners, publishers, statement } = await peopleOf(world, scope);
  const allowed = publishers ?? owners;
  if (speaksFor(ids, allowed)) return;
  if (allowed.length === 0 && statement === undefined)
    throw new Problem('scope-unclaimed', `Nobody owns @${scope} yet`, {
      hint: `skillgate scope claim ${scope}; or sign in, where a private scope is yours: skillgate login`,
    });
  if (allowed.length === 0)
    throw new Problem('scope-taken', `Nobody may publish in @${scope}: ${noOwnerLeft}`, {
      hint: newOwner(scope),
    });
  throw new Problem(
    'scope-taken',
    `Cannot publish in @${scope}: ${allowed.map(printIdentity).join(', ')} may, and you are ${name}`,
    {
      hint: `an owner can let you publish: skillgate scope publishers ${scope} …`,
    },
  );
}

/** For a claimed scope without an owner. */
export const noOwnerLeft = 'the scope is claimed, but every owner’s key has ended';

/** The next step in this case. */
export function newOwner(scope: Scope): string {
  return `the administrators of the registry can give the scope a new owner: skillgate scope transfer ${scope} --to KEYFILE`;
}

function speaksFor(ids: readonly Digest[], identities: readonly Identity[]): boolean {
  return identities.some((one) => ids.includes(identityId(one)));
}

interface People {
  readonly owners: readonly Identity[];
  readonly publishers?: readonly Identity[] | undefined;
  /** Log index of the claim; undefined without a claim. */
  readonly statement?: Digest | undefined;
}

async function peopleOf(world: RegistryWorld, scope: Scope): Promise<People> {
  try {
    const { owners, publishers, statement, frozen } = await askRegistry(
      world,
      `/api/v1/scopes/@${scope}`,
      scopeAnswer,
    );
    if (frozen !== undefined) throw new Problem('scope-frozen', `@${scope} is frozen: ${frozen}`);
    return { owners, publishers, statement: statement ?? undefined };
  } catch (cause) {
    if (
      cause instanceof Problem &&
      (cause.code === 'not-found' || cause.code === 'scope-unclaimed')
    )
      return { owners: [] };
    throw cause;
  }
}
