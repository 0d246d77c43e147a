/** Who owns a scope, as the registry tells it: for messages only, never for a decision. */
import type { Digest } from '../skills-index/skill/digest.ts';
import type { Scope } from '../skills-index/skill/name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { scopeAnswer } from './registry-answers.ts';
import { askRegistry, type RegistryWorld } from './registry-api.ts';

/** Fails when a scope belongs to others than this key. @throws Problem `scope-taken` with its owners */
export async function refuseForeignScope(world: RegistryWorld, scope: Scope, keyId: Digest): Promise<void> {
  const owners = await ownersOf(world, scope);
  if (owners.length === 0 || owners.includes(keyId)) return;
  throw new Problem('scope-taken', `Cannot use @${scope}: it belongs to ${owners.join(', ')}, and your key is ${keyId}`, {
    hint: 'use a scope of your own (skill scope claim NAME), or sign with the key that owns it: --key NAME',
  });
}

async function ownersOf(world: RegistryWorld, scope: Scope): Promise<Digest[]> {
  try {
    return (await askRegistry(world, `/api/v1/scopes/@${scope}`, scopeAnswer)).owners.map((one) => one.keyId);
  } catch (cause) {
    if (cause instanceof Problem && (cause.code === 'not-found' || cause.code === 'scope-unclaimed')) return [];
    throw cause;
  }
}
