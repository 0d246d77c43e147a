/**
 * Where the ids of skills lie: those of public scopes together, and those of each private scope.
 * The full-text index is read in the order of ids. So a search passes over the ids of hidden
 * skills. An id hides nothing: a search still compares the scope of each skill.
 */
import { or, type SQL, sql } from 'drizzle-orm';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import type { Scope } from '../../skills-index/skill/name.ts';
import type { HiddenScopes } from '../readers/may-read.ts';
import type { Readers } from '../readers/readers.ts';
import { skills } from './catalogue-schema.ts';
import { rangesComparedMax } from './limits.ts';

/** Ids from a first one to a last one. */
export interface IdRange {
  readonly from: number;
  readonly to: number;
}

const privateFrom = 2 ** 40;
const publicIds: IdRange = { from: 1, to: privateFrom - 1 };
const idsOfScope = 2 ** 26;
/** All ids, in the two parts in which they are ordered by age. */
export const allIds: readonly IdRange[] = [
  { from: privateFrom, to: Number.MAX_SAFE_INTEGER },
  publicIds,
];

/** The ids of the skills of a scope. */
export function idsOf(readers: Readers | undefined, scope: Scope): IdRange {
  return readers?.isPrivate(scope) === true ? idsOfPrivate(scope) : publicIds;
}

/**
 * The ids of the skills that are not hidden, no id twice. Undefined for all ids.
 * @param readers of the registry
 */
export function shownIds(
  readers: Readers | undefined,
  { only, scopes }: HiddenScopes,
): readonly IdRange[] | undefined {
  if (only) return withoutRepeats(scopes.map((scope) => idsOf(readers, scope)));
  if (scopes.length === 0) return undefined;
  const hidden = new Set(scopes);
  const all = readers?.privateScopes ?? [];
  const shown = all === 'everything' ? [] : all.filter((scope) => !hidden.has(scope));
  return [...withoutRepeats(shown.map(idsOfPrivate)), publicIds];
}

/**
 * A condition on rows of `skills` that an index over other columns answers by itself: it has the
 * id. So rows of hidden skills are passed over, and not read. Undefined for all ids, and for so
 * many ranges that comparing them would take longer.
 */
export function haveIds(ids: readonly IdRange[] | undefined): SQL | undefined {
  if (ids === undefined || ids.length > rangesComparedMax) return undefined;
  // The plus sign keeps SQLite from reading rows in the order of ids, and sorting them.
  return or(...ids.map(({ from, to }) => sql`+${skills.id} BETWEEN ${from} AND ${to}`));
}

/** The next free id of a range, for a statement that writes rows of `skills`. */
export function nextIdIn({ from, to }: IdRange): SQL {
  return sql`(SELECT COALESCE(MAX("placed"."id"), ${from - 1}) + 1 FROM ${skills} AS "placed" WHERE "placed"."id" BETWEEN ${from} AND ${to})`;
}

// Scopes whose digests begin alike share their ids, so that nobody has to number the scopes.
function idsOfPrivate(scope: Scope): IdRange {
  const at = Number.parseInt(hexOf(digestOf(scope)).slice(0, 13), 16) % idsOfScope;
  const from = privateFrom + at * idsOfScope;
  return { from, to: from + idsOfScope - 1 };
}

function withoutRepeats(ranges: readonly IdRange[]): IdRange[] {
  return [...new Map(ranges.map((range) => [range.from, range])).values()];
}
