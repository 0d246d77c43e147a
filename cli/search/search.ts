/**
 * `skillgate search`: skills of a registry for a task. The registry names them, and this host
 * verifies each before it is shown. Installs nothing.
 */
import { join } from 'node:path';
import * as host from '../../runner/host/public.ts';
import { type Need, needs, needsOf, needWords } from '../../skills-index/skill/needs.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { cleanDescription } from '../../skills-index/skill/text/shown-text.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { namesShownMax, searchResults, searchResultsMax } from '../limits.ts';
import { trustedRegistry } from '../registries/registries.ts';
import { parseBase } from '../registries/registry-base.ts';
import { type Project, projectAt } from '../run/admission.ts';
import { answer, count, inkFor, joined, printNote, type Safe, safe } from '../terminal/output.ts';
import { type RegistryFindings, searchRegistry } from './search-registry.ts';
import { mayDoText } from './search-text.ts';
import { type CheckedResults, type VerifiedSkill, verifyFound } from './verify-found.ts';

export async function run(given: CommandContext): Promise<ExitCode> {
  const context = withRegistry(given);
  const { registryBase: base } = context;
  const task = context.args.join(' ').trim();
  const without = needs.filter((need) => context.options[`no-${need}`] === true);
  const limit = limitIn(context);
  // A registry that is not pinned here learns no task.
  trustedRegistry(context, base);
  const project = await projectAt(context.cwd);
  const hostPolicy = host.readHostPolicy(join(context.paths.config, 'host.json'));
  const findings = await searchRegistry(context, { task, without, limit });
  const terms = { base, without, project, hostPolicy };
  const checked = await verifyFound(context, findings.names, terms);
  const { skills } = checked;
  const isAllRefused = skills.length === 0 && checked.leftOut.length + findings.nameless > 0;
  answer(
    context,
    {
      schema: 'skillgate.search/1',
      registry: base,
      task,
      results: skills.map((skill) => resultOf(skill, project)),
      leftOut: checked.leftOut,
      nameless: findings.nameless,
      registrySays: { total: findings.total, needs: findings.needs },
      corrected: findings.corrected,
    },
    () => searchText(context, { skills, findings, project, without, isAllRefused }),
  );
  printLeftOut(context, checked, findings);
  return isAllRefused ? exitCodes.refused : exitCodes.ok;
}

/** The context with the registry of `--registry`, as `SKILLGATE_REGISTRY` would name it. */
function withRegistry(context: CommandContext): CommandContext {
  const { registry } = context.options;
  if (typeof registry !== 'string') return context;
  const base = parseBase(registry);
  return { ...context, registryBase: base, env: { ...context.env, SKILLGATE_REGISTRY: base } };
}

function limitIn({ options: { limit } }: CommandContext): number {
  if (limit === undefined) return searchResults;
  const number = typeof limit === 'string' && /^\d{1,3}$/.test(limit) ? Number(limit) : 0;
  if (number >= 1 && number <= searchResultsMax) return number;
  throw new Problem(
    'usage',
    `Cannot show ${JSON.stringify(limit)} results: write a whole number from 1 to ${searchResultsMax}`,
  );
}

function resultOf({ admitted, notes }: VerifiedSkill, { lock }: Project) {
  const { name, version, bundle, publisher, capabilities, manifest, approvals } = admitted;
  return {
    name,
    version,
    bundle,
    description: cleanDescription(admitted.description),
    publisher,
    approvedBy: approvals.map(({ member }) => member),
    commands: Object.keys(manifest.commands),
    needs: needsOf(capabilities),
    capabilities,
    installed: lock.get(name)?.version ?? null,
    notes,
  };
}

interface Shown {
  readonly skills: readonly VerifiedSkill[];
  readonly findings: RegistryFindings;
  readonly project: Project;
  readonly without: readonly Need[];
  /** Whether the registry named skills, and all were left out. */
  readonly isAllRefused: boolean;
}

function searchText(context: CommandContext, shown: Shown): Safe {
  const { skills, findings, project } = shown;
  const corrections = Object.entries(findings.corrected).map(
    ([word, others]) =>
      safe`No skill has the word “${word}”. Did you mean ${others.map((other) => `“${other}”`).join(' or ')}? The results are for that.`,
  );
  const results = skills.map((skill) => skillText(context, skill, project));
  return joined(
    [
      ...corrections,
      ...(skills.length === 0 ? [nothingText(shown)] : results),
      ...facetsText(findings),
    ],
    '\n\n',
  );
}

function nothingText({ without, isAllRefused }: Shown): Safe {
  if (isAllRefused) return safe`This host left out all results of the registry.`;
  const unwanted = without.map((need) => needWords[need]).join(' and no ');
  return safe`Found no approved skill${unwanted === '' ? '' : ` that asks for no ${unwanted}`} for this task. Try other words for the task.`;
}

function skillText(
  context: CommandContext,
  { admitted, notes }: VerifiedSkill,
  project: Project,
): Safe {
  const { name, version, description, capabilities, approvals, manifest } = admitted;
  const ink = inkFor(context.stdout, context.env);
  const hasCommands = Object.keys(manifest.commands).length > 0;
  const installed = project.lock.get(name)?.version;
  const approvers = approvals.map(({ member }) => member).join(' and ');
  const call =
    context.options.registry === undefined
      ? safe``
      : safe`SKILLGATE_REGISTRY=${context.registryBase} `;
  return joined(
    [
      safe`${ink.bold(`${name}@${version}`)}  ${cleanDescription(description)}`,
      safe`  ${hasCommands ? mayDoText(capabilities) : 'text for an agent, without a command'}`,
      safe`  verified on this host: signed by the author, scanned, approved by ${approvers}${installed === undefined ? '' : `; ${installed} is installed here`}`,
      ...notes.map((note) => safe`  note: ${note}`),
      installed === version
        ? safe`  → ${call}skillgate show ${name}`
        : safe`  → ${call}skillgate install ${name}`,
    ],
    '\n',
  );
}

/** The registry's counts: nobody signed them. */
function facetsText({ total, needs: counts }: RegistryFindings): Safe[] {
  if (total === 0) return [];
  const parts = needs.flatMap((need) => {
    const number = counts[need] ?? 0;
    return number === 0
      ? []
      : total === 1
        ? [needWords[need]]
        : [`${number} ${number === 1 ? 'asks' : 'ask'} for ${needWords[need]}`];
  });
  const lead = total === 1 ? 'The skill asks for' : 'Among them,';
  const among = parts.length === 0 ? '' : ` ${lead} ${parts.join(', ')}.`;
  return [safe`The registry counts ${count(total, 'skill')} for this task.${among}`];
}

function printLeftOut(
  context: CommandContext,
  { leftOut }: CheckedResults,
  { nameless }: RegistryFindings,
): void {
  const all = leftOut.length + nameless;
  if (all === 0) return;
  printNote(context, safe`note: this host left out ${count(all, 'result')} of the registry:`);
  for (const { why } of leftOut.slice(0, namesShownMax)) printNote(context, safe`note:   ${why}`);
  const more = leftOut.length - namesShownMax;
  if (more > 0) printNote(context, safe`note:   and ${more} more; --format json lists all`);
  if (nameless > 0)
    printNote(context, safe`note:   ${count(nameless, 'result')} without the name of a skill`);
}
