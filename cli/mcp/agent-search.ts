/** What an agent finds for a task, and what the search could not show. */

import { peek } from '../../skills-index/client/peek.ts';
import type { Agent, Grant } from '../../skills-index/run/agents/agent.ts';
import {
  type Capabilities,
  type Capability,
  listCapabilities,
} from '../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../skills-index/skill/egress-target.ts';
import {
  parseScope,
  parseSkillName,
  type Scope,
  type SkillName,
  scopeOf,
  shortNameOf,
} from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { cleanDescription } from '../../skills-index/skill/text/shown-text.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { registryOf } from '../registries/registries.ts';
import { type Project, projectAt } from '../run/admission.ts';
import { searchRegistry } from '../search/search-registry.ts';
import { listed, shortText } from '../terminal/output.ts';
import {
  type AgentContext,
  agentOf,
  type Findable,
  findable,
  grantFor,
  knownSkills,
  offerable,
  recordFor,
} from './agent-startable.ts';
import type { WaitingHold } from './install-questions.ts';

/**
 * Results that need a person's yes, the capabilities that are named for one of them, and the
 * characters of a name.
 */
const neededHitsMax = 5;

/** Skills considered by one search. */
export const searchedSkillsMax = 100;

/** Results of one search. */
const searchHitsMax = 20;

/** What one search of an agent takes from registries, and the words that registries get. */
const registryNamesMax = 5;

const sentWordCharsMax = 24;

const sentWordsMax = 32;

const neededCapabilitiesMax = 2;

const neededNameCharsMax = 32;

interface SearchHit extends DescribedSkill {
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

// Finds skills for an agent's task by shared words.

/** The part of a verified index entry that the search needs. */
interface DescribedSkill {
  readonly name: SkillName;
  readonly version: Version;
  readonly description: string;
}

/**
 * Skills whose name or description shares words with a task, best first. An empty task returns all
 * skills by name.
 */
export function searchSkills(task: string, skills: readonly DescribedSkill[]): DescribedSkill[] {
  const words = new Set(wordsOf(task));
  return skills
    .map((skill) => ({
      skill: { ...skill, description: cleanDescription(skill.description) },
      score: scoreOf(skill, words),
    }))
    .filter(({ score }) => score > 0 || words.size === 0)
    .sort((a, b) => b.score - a.score || (a.skill.name < b.skill.name ? -1 : 1))
    .slice(0, searchHitsMax)
    .map(({ skill }) => skill);
}

function scoreOf(skill: DescribedSkill, words: ReadonlySet<string>): number {
  const named = new Set(wordsOf(shortNameOf(skill.name)));
  const described = new Set(wordsOf(skill.description));
  return [...words].reduce(
    (sum, word) => sum + (named.has(word) ? 3 : 0) + (described.has(word) ? 1 : 0),
    0,
  );
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [];
}

// Names of skills that registries know for an agent's task. An agent gets them only where an
// operator granted it whole scopes. Nothing here is verified: each name is admitted before a hit.

interface RegistryNames {
  /** In the order of the registries. */
  readonly names: readonly SkillName[];
  /** Granted scopes that could not be searched. */
  readonly unsearched: readonly Scope[];
}

/** Asks the registries of the scopes that are granted as a whole. A failure leaves scopes out. */
async function namesFor(context: AgentContext, agent: Agent, task: string): Promise<RegistryNames> {
  const scopes = [...new Set(agent.grants.flatMap(wholeScope))];
  const words = wordsToSend(task);
  if (scopes.length === 0 || words === '') return { names: [], unsearched: scopes };
  const { file } = await projectAt(context.folder);
  const names: SkillName[] = [];
  const unsearched: Scope[] = [];
  const byBase = Map.groupBy(scopes, (scope) => baseOf(context, scope, file.registries));
  for (const [registryBase, those] of byBase) {
    const query = { task: words, without: [], limit: registryNamesMax, scopes: those };
    const found =
      registryBase === undefined
        ? undefined
        : await orNothing(context, searchRegistry({ ...context.world, registryBase }, query));
    // A registry may name skills of other scopes.
    names.push(...(found?.names ?? []).filter((name) => those.includes(scopeOf(name))));
    if (found === undefined) unsearched.push(...those);
  }
  return { names: [...new Set(names)].slice(0, registryNamesMax), unsearched };
}

/** Undefined where no registry of the scope is pinned on this host. */
function baseOf(
  { world }: AgentContext,
  scope: Scope,
  registries: Project['file']['registries'],
): string | undefined {
  return peek(() => registryOf(world, scope, registries).base);
}

/** Undefined for a search that failed: what the agent has already is found all the same. */
async function orNothing<Found>(
  { world }: AgentContext,
  asked: Promise<Found>,
): Promise<Found | undefined> {
  try {
    return await asked;
  } catch (problem) {
    if (!(problem instanceof Problem) || world.signal.aborted) throw problem;
    return undefined;
  }
}

function wholeScope({ skill }: Grant): Scope[] {
  const [, scope] = /^@(.*)\/\*$/.exec(skill) ?? [];
  return scope === undefined ? [] : [parseScope(scope)];
}

/**
 * The words of a task that go to a registry. An agent that was talked into it would send what it
 * knows: long words, and those with digits among many letters, are keys more often than words.
 */
export function wordsToSend(task: string): string {
  const words = task.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words)]
    .filter(
      (word) => word.length <= (/\p{N}/u.test(word) ? sentWordCharsMax / 2 : sentWordCharsMax),
    )
    .slice(0, sentWordsMax)
    .join(' ');
}

// Tells an agent in one short line why a skill needs a person's yes. The line names hosts, names
// and programs, but neither paths nor the author's reasons: these could hold sentences. Pure.

/** @param hold waits for a person already */
export function needsText(beyond: Capabilities, hold?: WaitingHold): string {
  if (hold !== undefined) return `waits for a person’s yes: hold ${hold.id}, until ${hold.expires}`;
  const all = [...new Set(listCapabilities(beyond).map(shortCapability))];
  const more = all.length - neededCapabilitiesMax;
  const named = all.slice(0, neededCapabilitiesMax).join(', ');
  return `needs a person’s yes: asks for ${named}${more > 0 ? ` and ${more} more` : ''} beyond your grant`;
}

function shortCapability(one: Capability): string {
  switch (one.kind) {
    case 'egress':
      return `egress to ${endOf(parseEgressUrl(one.url).host)}`;
    case 'secret':
    case 'env':
      return `${one.kind} ${shortText(one.name, neededNameCharsMax)}`;
    case 'mount':
      return `${one.mode} folder ${shortText(one.source ?? 'of the host', neededNameCharsMax)}`;
    case 'exec':
      return `program ${shortText(one.program, neededNameCharsMax)}`;
    case 'package':
      return `${one.ecosystem} package ${shortText(one.name, neededNameCharsMax)}`;
  }
}

// The end of a host name says to whom the host belongs.
function endOf(host: string): string {
  return host.length <= neededNameCharsMax ? host : `…${host.slice(1 - neededNameCharsMax)}`;
}
