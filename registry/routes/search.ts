/**
 * Search for skills. The answer has the form that clients of ClawHub read, with more fields.
 * Nothing in it is signed: a client verifies a skill's index line before it relies on a field.
 */
import { type Context, Hono } from 'hono';
import {
  isNamePart,
  parseScope,
  type Scope,
  scopeOf,
  shortNameOf,
} from '../../skills-index/skill/name.ts';
import { isNeed, type Need, needs, needsOf } from '../../skills-index/skill/needs.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { findSkills } from '../catalogue/search/find-skills.ts';
import type { VisibleSkill } from '../catalogue/visible-skills.ts';
import type { Registry } from '../context.ts';
import { onlyReadable, scopesHiddenFrom } from '../readers/may-read.ts';

/** Characters of a query. */
export const queryCharsMax = 2_000;

/** Scopes that a query can name. */
const searchedScopesMax = 50;

const searchPageRows = 20;

const searchPageRowsMax = 50;

/** Routes below /api/v1. */
export function searchRoutes(registry: Registry): Hono {
  return new Hono().get('/search', async (context) => {
    const query = context.req.query('q') ?? '';
    if (query.length > queryCharsMax)
      throw new Problem(
        'request-invalid',
        `A query has at most ${queryCharsMax} characters, and this one has ${query.length}`,
      );
    const limit = Math.min(numberIn(context, 'limit') ?? searchPageRows, searchPageRowsMax);
    const after = numberIn(context, 'after') ?? 0;
    const without = withoutIn(context.req.query('without'));
    const scopes = scopesIn(context.req.query('scopes'));
    const hidden = await scopesHiddenFrom(registry, context);
    const { corrected, skills } = await findSkills(registry, { query, without, hidden, scopes });
    const found = await onlyReadable(registry, context, skills);
    const end = after + limit;
    return context.json({
      results: found.slice(after, end).map((skill, at) => resultOf(skill, after + at)),
      facets: { total: found.length, needs: countNeeds(found) },
      corrected,
      ...(found.length > end && limit > 0 ? { next: String(end) } : {}),
    });
  });
}

// The score says the place only. The rank of FTS5 depends on how many skills have a word, private
// ones among them.
function resultOf(skill: VisibleSkill, place: number) {
  const { bundle, description, name, offeredSince, version } = skill;
  const handle = scopeOf(name);
  return {
    slug: shortNameOf(name),
    displayName: shortNameOf(name),
    summary: description,
    version,
    score: 1 / (1 + place),
    updatedAt: offeredSince.getTime(),
    ownerHandle: handle,
    owner: { handle },
    source: 'clawhub',
    name,
    bundle,
    needs: needsOf(skill.capabilities),
  };
}

function countNeeds(skills: readonly VisibleSkill[]): Record<string, number> {
  const all = skills.flatMap(({ capabilities }) => needsOf(capabilities));
  return Object.fromEntries(needs.map((kind) => [kind, all.filter((one) => one === kind).length]));
}

/** @throws Problem `request-invalid` */
export function withoutIn(text: string | undefined): Need[] {
  const named = text?.split(',').filter((part) => part !== '') ?? [];
  const unknown = named.find((part) => !isNeed(part));
  if (unknown !== undefined)
    throw new Problem(
      'request-invalid',
      `\`without\` names ${JSON.stringify(unknown.slice(0, 40))}`,
      {
        hint: `Name some of ${needs.join(', ')}, separated by commas.`,
      },
    );
  return named.filter(isNeed);
}

function scopesIn(text: string | undefined): Scope[] | undefined {
  const named = text?.split(',');
  if (named === undefined || (named.length <= searchedScopesMax && named.every(isNamePart)))
    return named?.map(parseScope);
  throw new Problem(
    'request-invalid',
    `\`scopes\` does not name some of ${searchedScopesMax} scopes at most, separated by commas`,
  );
}

function numberIn(context: Context, name: 'limit' | 'after'): number | undefined {
  const text = context.req.query(name);
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text))
    throw new Problem('request-invalid', `\`${name}\` is not a number of results`);
  return Number(text);
}
