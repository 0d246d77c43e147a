/**
 * Names of skills that registries know for an agent's task. An agent gets them only where an
 * operator granted it whole scopes. Nothing here is verified: each name is admitted before a hit.
 */
import { peek } from '../../skills-index/client/peek.ts';
import type { Agent, Grant } from '../../skills-index/run/agents/agent.ts';
import { parseScope, type Scope, type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { registryNamesMax, sentWordCharsMax, sentWordsMax } from '../limits.ts';
import { registryOf } from '../registries/registries.ts';
import { type Project, projectAt } from '../run/admission.ts';
import { searchRegistry } from '../search/search-registry.ts';
import type { AgentContext } from './agent-context.ts';

export interface RegistryNames {
  /** In the order of the registries. */
  readonly names: readonly SkillName[];
  /** Granted scopes that could not be searched. */
  readonly unsearched: readonly Scope[];
}

/** Asks the registries of the scopes that are granted as a whole. A failure leaves scopes out. */
export async function namesFor(
  context: AgentContext,
  agent: Agent,
  task: string,
): Promise<RegistryNames> {
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
