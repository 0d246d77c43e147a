/**
 * `skillgate search`: skills of a registry for a task. The registry names them, and this host
 * verifies each before it is shown. Installs nothing.
 */
import { join } from 'node:path';
import { requireAdmitted } from '../../runner/admission/admit.ts';
import { readHostPolicy } from '../../runner/host/host-policy.ts';
import { withBrokenAddresses } from '../../scanner/lookup-tables/hidden-characters.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { canPhrases } from '../../skills-index/skill/can-phrases.ts';
import type { Capabilities } from '../../skills-index/skill/capability.ts';
import { type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { type Need, needs, needsOf, needWords } from '../../skills-index/skill/needs.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { cleanDescription } from '../../skills-index/skill/text/shown-text.ts';
import type { Admitted } from '../../skills-index/trust/decision/decision.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { registryOf, trustedRegistry } from '../registries/registries.ts';
import { parseBase } from '../registries/registry-base.ts';
import {
  type AdmissionWorld,
  askAdmission,
  type Project,
  projectAt,
  questionOf,
} from '../run/admission.ts';
import {
  answer,
  count,
  inkFor,
  joined,
  namesShownMax,
  printNote,
  type Safe,
  safe,
} from '../terminal/output.ts';
import { searchResults, searchResultsMax } from './result-counts.ts';
import { type RegistryFindings, searchRegistry } from './search-registry.ts';

/** Hosts, secrets or folders that a line of a search names; further ones are counted. */
const mayDoNamesMax = 3;

export async function run(given: CommandContext): Promise<ExitCode> {
  const context = withRegistry(given);
  const { registryBase: base } = context;
  const task = context.args.join(' ').trim();
  const without = needs.filter((need) => context.options[`no-${need}`] === true);
  const limit = limitIn(context);
  // A registry that is not pinned here learns no task.
  trustedRegistry(context, base);
  const project = await projectAt(context.cwd);
  const hostPolicy = readHostPolicy(join(context.paths.config, 'host.json'));
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

// Verifies the skills that a search of a registry found, each as an installation would: the lines
// of the index, the statements, the approvals and the stops. No file of the skills is fetched but
// SKILL.md and skill.json, which come with the evidence.

/** A skill as `skillgate install` would install it now. Every field was signed and verified. */
interface VerifiedSkill {
  readonly admitted: Admitted;
  /** About this version: deprecated, or verified with kept evidence. */
  readonly notes: readonly string[];
}

/** A result that is not shown. */
interface UnverifiedResult {
  readonly name: SkillName;
  readonly why: string;
}

interface CheckedResults {
  readonly skills: readonly VerifiedSkill[];
  readonly leftOut: readonly UnverifiedResult[];
}

/** Where the names come from, and what the host demands of their skills. */
interface SearchTerms {
  /** The registry that found the names. */
  readonly base: string;
  readonly without: readonly Need[];
  readonly project: Project;
  readonly hostPolicy: HostPolicy;
}

/**
 * Verifies skills one after the other: each leaves behind evidence that the next needs, too.
 * @throws Problem `interrupted`
 */
async function verifyFound(
  world: AdmissionWorld,
  names: readonly SkillName[],
  terms: SearchTerms,
): Promise<CheckedResults> {
  const asking = { ...world, verified: world.verified ?? new VerifiedStatements() };
  const skills: VerifiedSkill[] = [];
  const leftOut: UnverifiedResult[] = [];
  for (const name of names) {
    try {
      skills.push(await verifyOne(asking, name, terms));
    } catch (problem) {
      if (!(problem instanceof Problem) || world.signal.aborted) throw problem;
      leftOut.push({ name, why: problem.message });
    }
  }
  return { skills, leftOut };
}

/** @throws Problem why an installation would refuse the skill, or what the person did not want */
async function verifyOne(
  world: AdmissionWorld,
  name: SkillName,
  { base, without, project, hostPolicy }: SearchTerms,
): Promise<VerifiedSkill> {
  const own = registryOf(world, scopeOf(name), project.file.registries);
  // Another registry is not asked: its operator would learn what this one knows.
  if (own.base !== base)
    throw new Problem(
      'not-admitted',
      `Cannot take ${name} from ${base}: this host looks up @${scopeOf(name)} at ${own.base}`,
    );
  const found = await askAdmission(world, questionOf(project, hostPolicy, { name, range: '*' }));
  const admitted = requireAdmitted(found.admission, name);
  const unwanted = needsOf(admitted.capabilities).filter((need) => without.includes(need));
  if (unwanted.length > 0)
    throw new Problem(
      'not-admitted',
      `Cannot show ${name}: the skill asks for ${unwanted.map((need) => needWords[need]).join(' and ')}`,
    );
  return { admitted, notes: found.admission.notes };
}

// What a search shows a person of each skill: what the skill may do, in one line. Pure.

/** Such as `can reach api.crm.example, use the secret CRM_TOKEN; no folders, no programs`. */
function mayDoText(capabilities: Capabilities): string {
  const has = needsOf(capabilities);
  const can = canPhrases(capabilities, mayDoNamesMax);
  const cannot = needs.filter((need) => !has.includes(need)).map((need) => needWords[need]);
  return withBrokenAddresses(
    [
      ...(can.length === 0 ? [] : [`can ${can.join(', ')}`]),
      ...(cannot.length === 0 ? [] : [`no ${cannot.join(', no ')}`]),
    ].join('; '),
  );
}
