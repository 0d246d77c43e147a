/** Conditions on the scopes of skills. */
import { not, type SQL, sql } from 'drizzle-orm';
import type { Scope } from '../../skills-index/skill/name.ts';
import type { HiddenScopes } from '../readers/may-read.ts';
import { skills } from './catalogue-schema.ts';

export const noneHidden: HiddenScopes = { scopes: [], only: false };

export function isInScopes(scopes: readonly Scope[]): SQL {
  return sql`${skills.scope} IN (SELECT value FROM json_each(${JSON.stringify(scopes)}))`;
}

/** @returns undefined where nothing is hidden */
export function isShown({ only, scopes }: HiddenScopes): SQL | undefined {
  if (only) return isInScopes(scopes);
  return scopes.length === 0 ? undefined : not(isInScopes(scopes));
}
