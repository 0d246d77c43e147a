/**
 * Which installed versions this host knows to be suspended or revoked. Reads what the host keeps of
 * the registry, and asks nobody: a registry may have stopped a version since.
 */
import { join } from 'node:path';
import * as host from '../../runner/host/public.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import type { CommandContext } from '../command.ts';
import { type AdmissionWorld, askAdmission, type Project, questionOf } from '../run/admission.ts';
import type { InstalledSkill } from './installed-skills.ts';

export interface KnownStop {
  readonly kind: 'revoked' | 'suspended';
  /** Says where the statement stands in the log, and its reason. */
  readonly message: string;
}

/** The known stops of the skills' installed versions, by name. */
export async function knownStops(
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
    const policy = host.readHostPolicy(join(world.paths.config, 'host.json'));
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
