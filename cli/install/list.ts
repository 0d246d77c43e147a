/**
 * `skillgate list`: the skills that this project has installed. Reads files only, and marks a
 * version that this host knows to be stopped.
 */

import { join } from 'node:path';
import { readHostPolicy } from '../../runner/host/host-policy.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import {
  type AdmissionWorld,
  askAdmission,
  type Project,
  projectAt,
  questionOf,
} from '../run/admission.ts';
import { answer, inkFor, joined, safe, table } from '../terminal/output.ts';
import { type InstalledSkill, namedSkills, nothingInstalled } from './installed-skills.ts';
import { requirersOf } from './required/required-skills.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  if (context.options.tree === true) return (await import('./tree.ts')).showTree(context);
  if (context.options.outdated === true)
    return (await import('./outdated.ts')).showOutdated(context);
  const project = await projectAt(context.cwd);
  const skills = namedSkills(project, 'show', context.args);
  const stops = await knownStops(context, project, skills);
  const list = skills.map(({ name, locked, wanted, folder, isThere }) => ({
    name,
    version: locked.version,
    range: wanted.range,
    folder,
    agents: wanted.agents ?? [],
    registry: locked.registry,
    isThere,
    stopped: stops.get(name) ?? null,
    requiredBy: requirersOf(project.lock, name).map(({ by }) => by),
  }));
  answer(context, { schema: 'skillgate.list/1', project: project.folder, skills: list }, () => {
    if (list.length === 0) return nothingInstalled(project);
    const ink = inkFor(context.stdout, context.env);
    const rows = list.map((skill) => {
      const { name, version, range, folder, agents, isThere, requiredBy, stopped } = skill;
      return [
        ink.bold(`${name}@${version}`),
        project.file.skills.has(name) || requiredBy.length === 0
          ? range === '*'
            ? 'any version'
            : range
          : `required by ${requiredBy.join(', ')}`,
        isThere ? folder : ink.red(`${folder} is missing: skillgate ci installs it again`),
        agents.length === 0 ? '' : `for ${agents.join(', ')}`,
        stopped === null ? '' : ink.red(stopped.message),
      ];
    });
    const revoked = list.filter(({ stopped }) => stopped?.kind === 'revoked');
    return joined(
      [
        table(rows),
        ...revoked.map(({ name }) => safe`→ remove the revoked version: skillgate remove ${name}`),
        safe`→ compare the files with the approved ones: skillgate verify`,
      ],
      '\n',
    );
  });
  return exitCodes.ok;
}

// Which installed versions this host knows to be suspended or revoked. Reads what the host keeps of
// the registry, and asks nobody: a registry may have stopped a version since.

interface KnownStop {
  readonly kind: 'revoked' | 'suspended';
  /** Says where the statement stands in the log, and its reason. */
  readonly message: string;
}

/** The known stops of the skills' installed versions, by name. */
async function knownStops(
  context: CommandContext,
  project: Project,
  skills: readonly InstalledSkill[],
): Promise<ReadonlyMap<SkillName, KnownStop>> {
  const world = { ...context, verified: new VerifiedStatements() };
  const stops = new Map<SkillName, KnownStop>();
  for (const skill of skills) {
    const stop = await knownStop(world, project, skill);
    if (stop !== undefined) stops.set(skill.name, stop);
  }
  return stops;
}

async function knownStop(
  world: CommandContext & AdmissionWorld,
  project: Project,
  { name, locked }: InstalledSkill,
): Promise<KnownStop | undefined> {
  try {
    const policy = readHostPolicy(join(world.paths.config, 'host.json'));
    const question = questionOf(project, policy, { name, range: locked.version });
    const { decision } = (await askAdmission(world, { ...question, offline: true })).admission;
    if (decision.kind === 'admitted') return undefined;
    for (const { code, message } of decision.reasons)
      if (code === 'revoked' || code === 'suspended') return { kind: code, message };
    return undefined;
  } catch (cause) {
    // A host that keeps no evidence knows of no stop, and the list needs no registry.
    if (cause instanceof Problem && !world.signal.aborted) return undefined;
    throw cause;
  }
}
