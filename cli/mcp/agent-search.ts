/** What an agent finds for a task, and what the search could not show. */
import { parseSkillName, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { cleanDescription } from '../../skills-index/skill/text/shown-text.ts';
import { namesShownMax, neededHitsMax, searchedSkillsMax } from '../limits.ts';
import { type AgentContext, agentOf, grantFor, knownSkills, recordFor } from './agent-context.ts';
import { type Findable, findable, offerable } from './agent-startable.ts';
import { needsText } from './needs-text.ts';
import { namesFor } from './registry-names.ts';
import { type DescribedSkill, searchSkills } from './skill-search.ts';

export interface SearchHit extends DescribedSkill {
  readonly commands: readonly string[];
  /** Set when a person has to allow the skill first: what for, or which hold waits. */
  readonly needs?: string;
}

export interface Searched {
  readonly hits: readonly SearchHit[];
  /** Sentences about skills that the search could not show. */
  readonly notes: readonly string[];
}

/** Why a skill of a name that the agent may start is no hit. */
interface Missed {
  readonly name: SkillName;
  readonly code: Problem['code'];
}

export async function searchFor(context: AgentContext, task: string): Promise<Searched> {
  recordFor(context, undefined, { event: 'call', tool: 'search', why: task });
  const agent = agentOf(context);
  // Names without a grant appear only in the line of the call. One line for each name would let the
  // agent fill the log.
  const granted = namesIn(task).filter((name) => grantFor(agent, name) !== undefined);
  const known = [...new Set([...(await knownSkills(context, agent)), ...granted])];
  const listed = await hitsFor(known.slice(0, searchedSkillsMax), (name) =>
    findable(context, agent, name),
  );
  const inRegistry = await namesFor(context, agent, task);
  const offered = await hitsFor(
    inRegistry.names.filter((name) => !known.includes(name)),
    (name) => offerable(context, agent, name),
  );
  const unlisted = inRegistry.unsearched.filter(
    (scope) => !known.some((name) => name.startsWith(`@${scope}/`)),
  );
  return {
    hits: orderedHits(task, listed.hits, offered.hits),
    notes: notesAbout([...listed.missed, ...offered.missed], unlisted),
  };
}

async function hitsFor(
  names: readonly SkillName[],
  find: (name: SkillName) => Promise<Findable>,
): Promise<{ readonly hits: readonly SearchHit[]; readonly missed: readonly Missed[] }> {
  const hits: SearchHit[] = [];
  const missed: Missed[] = [];
  for (const name of names) {
    try {
      hits.push(hitOf(await find(name)));
    } catch (problem) {
      // The audit log has the reason.
      if (!(problem instanceof Problem)) throw problem;
      missed.push({ name, code: problem.code });
    }
  }
  return { hits, missed };
}

/** @param offered found by a registry for the task, in the registry's order */
function orderedHits(
  task: string,
  found: readonly SearchHit[],
  offered: readonly SearchHit[],
): SearchHit[] {
  const named = new Set(namesIn(task));
  const hits = new Map(found.map((hit) => [hit.name, hit]));
  const ranked = searchSkills(task, found).flatMap((ranked) => {
    const hit = hits.get(ranked.name);
    return hit === undefined ? [] : [{ ...hit, description: ranked.description }];
  });
  // A skill whose full name is in the task is found, whatever its description says.
  const ordered = [
    ...ranked.filter((hit) => named.has(hit.name)),
    ...ranked.filter((hit) => !named.has(hit.name)),
    ...offered.map((hit) => ({ ...hit, description: cleanDescription(hit.description) })),
  ];
  const needing = ordered.filter(({ needs }) => needs !== undefined);
  return [
    ...ordered.filter(({ needs }) => needs === undefined),
    ...needing.slice(0, neededHitsMax),
  ];
}

function notesAbout(missed: readonly Missed[], scopes: readonly string[]): string[] {
  const of = (...codes: readonly Problem['code'][]): SkillName[] =>
    missed.flatMap(({ code, name }) => (codes.includes(code) ? [name] : []));
  const beyond = of('hold-unsupported');
  const unreached = of('registry-down', 'registry-answer-invalid');
  return [
    ...(beyond.length === 0
      ? []
      : [
          `Not shown, because your grant does not cover all that the skill asks for: ${listed(beyond)}. Tell the person you work for.`,
        ]),
    ...(unreached.length === 0
      ? []
      : [
          `Not looked up, because the registry does not answer: ${listed(unreached)}. Search again later.`,
        ]),
    ...(scopes.length === 0
      ? []
      : [
          `Of ${listed(scopes.map((scope) => `@${scope}`))} you may use any approved skill that your grant covers. No list of these skills exists, and their registry was not searched: search for a task, or for a full name such as @${scopes[0]}/NAME.`,
        ]),
  ];
}

function listed(names: readonly string[]): string {
  const more = names.length - namesShownMax;
  return `${names.slice(0, namesShownMax).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function namesIn(task: string): SkillName[] {
  const found = task.match(/@[a-z0-9-]+\/[a-z0-9-]+/g) ?? [];
  return found.flatMap((text) => {
    try {
      return [parseSkillName(text)];
    } catch {
      return [];
    }
  });
}

function hitOf({ beyond, hold, start: { admitted } }: Findable): SearchHit {
  const { name, version, description, manifest } = admitted;
  const hit = { name, version, description, commands: Object.keys(manifest.commands) };
  return beyond === undefined ? hit : { ...hit, needs: needsText(beyond, hold) };
}
