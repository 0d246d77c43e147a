/** All versions that were published in a scope, by name. */
import type { Digest } from '../../../skills-index/skill/digest.ts';
import type { Scope } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { versionPagesMax } from '../../limits.ts';
import { scopeVersionsAnswer } from '../../registries/registry-answers.ts';
import { askRegistry, type RegistryWorld } from '../../registries/registry-api.ts';

export interface ScopeVersion {
  readonly version: string;
  readonly status: string;
  readonly bundle: Digest;
}

/** The versions of each skill, oldest first. @throws Problem as `askRegistry` */
export async function readScopeVersions(
  world: RegistryWorld,
  scope: Scope,
): Promise<Map<string, ScopeVersion[]>> {
  const byName = new Map<string, ScopeVersion[]>();
  let query = '';
  for (let pages = 0; pages < versionPagesMax; pages++) {
    const path = `/api/v1/scopes/@${scope}/versions${query}`;
    const { versions, next } = await askRegistry(world, path, scopeVersionsAnswer);
    for (const one of versions) {
      const known = byName.get(one.name);
      if (known === undefined) byName.set(one.name, [one]);
      else known.push(one);
    }
    if (next === null) return byName;
    query = `?after=${encodeURIComponent(next)}`;
  }
  throw new Problem(
    'registry-answer-invalid',
    `Cannot read the versions of @${scope}: the registry’s list has more than ${versionPagesMax} pages`,
  );
}
