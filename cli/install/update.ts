/**
 * `skillgate update`: installs newer approved versions. A version that may do more than the
 * installed one waits for a person's consent, skill by skill.
 */
import { join } from 'node:path';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ProblemCode } from '../../skills-index/skill/problem-codes.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { whileLocked } from '../locked-file.ts';
import { type AdmissionWorld, type Project, projectAt } from '../run/admission.ts';
import { answer, count, inkFor, printNote, type Safe, safe, table } from '../terminal/output.ts';
import { problemText } from '../terminal/problem-text.ts';
import { namedSkills, nothingInstalled } from './installed-skills.ts';
import { lockFileName } from './lock.ts';
import { dropLeftovers } from './prepare-folder.ts';
import { isUnanswered } from './registry-answered.ts';
import { installWithRequired } from './required/install-required.ts';

interface Row {
  readonly name: SkillName;
  readonly before: Version;
  readonly outcome: 'updated' | 'current' | 'stopped';
  readonly version?: Version;
  /** Why the installed version stays. */
  readonly code?: ProblemCode;
  readonly message?: string;
}

export async function run(context: CommandContext): Promise<ExitCode> {
  const project = await projectAt(context.cwd);
  const skills = namedSkills(project, 'update', context.args);
  // An update that was killed at its end has nothing left to do but this.
  if (skills.length > 0)
    await whileLocked(join(project.folder, lockFileName), async () =>
      dropLeftovers(project.folder),
    );
  const world = { ...context, verified: new VerifiedStatements() };
  const rows: Row[] = [];
  for (const { name, locked } of skills)
    rows.push(await updateOne(world, name, locked.version, skills.length === 1));
  answer(context, { schema: 'skillgate.update/1', skills: rows }, () => textOf(project, rows));
  const codes = rows.flatMap(({ code }) => code ?? []);
  if (codes.length === 0) return exitCodes.ok;
  return codes.every((code) => isUnanswered({ code })) ? exitCodes.network : exitCodes.refused;
}

async function updateOne(
  context: CommandContext & AdmissionWorld,
  name: SkillName,
  before: Version,
  isOnly: boolean,
): Promise<Row> {
  try {
    const reference = { name, range: '*' };
    const installed = (await installWithRequired(context, reference, { keepsNewest: true })).at(-1);
    return installed === undefined
      ? { name, before, outcome: 'current' }
      : { name, before, outcome: 'updated', version: installed.admitted.version };
  } catch (problem) {
    if (!(problem instanceof Problem) || isOnly || context.signal.aborted) throw problem;
    if (context.format === 'text')
      printNote(context, problemText(problem, inkFor(context.stderr, context.env)));
    const { code, message } = problem;
    return { name, before, outcome: 'stopped', code, message };
  }
}

function textOf(project: Project, rows: readonly Row[]): Safe {
  if (rows.length === 0) return nothingInstalled(project);
  if (rows.every(({ outcome }) => outcome === 'current'))
    return safe`${count(rows.length, 'installed skill')} checked: no newer version is approved.`;
  return table(
    rows.map(({ name, before, outcome, version, code }) => [
      name,
      before,
      outcome === 'updated'
        ? `→ ${version}`
        : outcome === 'current'
          ? 'is the newest approved version'
          : `stays: ${code}`,
    ]),
  );
}
