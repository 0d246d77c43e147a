/** `skillgate outdated`: newer approved versions of the installed skills. Changes nothing. */
import { join } from 'node:path';
import { compare } from 'semver';
import * as admission from '../../runner/admission/public.ts';
import * as host from '../../runner/host/public.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import {
  type AdmissionWorld,
  askAdmission,
  type Project,
  projectAt,
  questionOf,
} from '../run/admission.ts';
import { answer, count, inkFor, joined, safe, table } from '../terminal/output.ts';
import { type InstalledSkill, namedSkills, nothingInstalled } from './installed-skills.ts';
import { whyNotAdmitted } from './locked-version.ts';

interface Newer {
  readonly name: SkillName;
  readonly installed: Version;
  /** The newest approved version in the range of skillgate.json. */
  readonly inRange?: Version;
  /** The newest approved version. */
  readonly newest?: Version;
  /** Why this host admits no version, or admits the installed version no longer. */
  readonly why?: string;
}

export async function run(context: CommandContext): Promise<ExitCode> {
  const project = await projectAt(context.cwd);
  const world = { ...context, verified: new VerifiedStatements() };
  const policy = host.readHostPolicy(join(context.paths.config, 'host.json'));
  const all: Newer[] = [];
  for (const skill of namedSkills(project, 'look for a newer version of', context.args))
    all.push(await newerThan(world, project, policy, skill));
  const skills = all.filter(
    ({ installed, inRange, newest, why }) =>
      why !== undefined ||
      [inRange, newest].some((one) => one !== undefined && compare(one, installed) > 0),
  );
  const checked = all.length;
  answer(context, { schema: 'skillgate.outdated/1', checked, skills }, () => {
    if (checked === 0) return nothingInstalled(project);
    if (skills.length === 0)
      return safe`No newer version is approved for ${count(checked, 'installed skill')}.`;
    const ink = inkFor(context.stdout, context.env);
    const rows = skills.map(({ name, installed, inRange, newest, why }) => [
      ink.bold(name),
      installed,
      why ?? `→ ${inRange ?? installed}`,
      newest === undefined || newest === inRange ? '' : `newest approved: ${newest}`,
    ]);
    return joined([table(rows), safe`→ update within the ranges: skillgate update`], '\n');
  });
  return exitCodes.ok;
}

async function newerThan(
  context: CommandContext & AdmissionWorld,
  project: Project,
  hostPolicy: HostPolicy,
  { name, locked, wanted }: InstalledSkill,
): Promise<Newer> {
  const about = { name, installed: locked.version };
  const newestIn = async (range: string): Promise<Version> => {
    const found = await askAdmission(context, questionOf(project, hostPolicy, { name, range }));
    return admission.requireAdmitted(found.admission, name).version;
  };
  try {
    const newest = await newestIn('*');
    const inRange = wanted.range === '*' ? newest : await newestIn(wanted.range);
    // A range passes over an installed version that was stopped, and an older one is not newer.
    const why =
      compare(newest, locked.version) < 0
        ? await whyNotAdmitted(context, project, hostPolicy, { name, version: locked.version })
        : undefined;
    return { ...about, inRange, newest, ...(why === undefined ? {} : { why }) };
  } catch (problem) {
    if (!(problem instanceof Problem) || context.signal.aborted) throw problem;
    return { ...about, why: problem.message };
  }
}
