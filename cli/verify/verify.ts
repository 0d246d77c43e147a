/**
 * `skillgate verify`: shows the evidence of a version as a tree, and whether the installed files
 * are the approved ones.
 */
import { join, resolve } from 'node:path';
import * as host from '../../runner/host/public.ts';
import type { Source } from '../../skills-index/client/blobs.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import {
  parseReference,
  type SkillReference,
} from '../../skills-index/skill/authoring/reference.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { problemCodes } from '../../skills-index/skill/problem-codes.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { writeNewFolder } from '../new-folder.ts';
import { type AdmissionWorld, type Project, projectAt } from '../run/admission.ts';
import { answer, inkFor, joined, printLine, printNote, safe } from '../terminal/output.ts';
import { problemJson, problemText } from '../terminal/problem-text.ts';
import { recordingSource } from './recording-source.ts';
import { verifyFolder } from './verified-folder.ts';
import { verifiedJson, verifiedText } from './verified-text.ts';
import {
  gatherEvidenceFiles,
  type VerifiedVersion,
  verifyVersion,
  withRescan,
} from './verified-version.ts';

/** A skill for which there was no decision. */
interface Failed {
  readonly name: SkillName;
  readonly problem: Problem;
}

type Outcome = VerifiedVersion | Failed;

/**
 * A single failed skill fails the command. Of several skills each is checked, and failures are
 * listed beside the others.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const wanted = wantedOf(context);
  if (wanted.from !== undefined) {
    const verified = await verifyFolder(context, resolve(context.cwd, wanted.from), wanted.trust);
    return printOutcomes(context, [await finish(context, verified)]);
  }
  const project = await projectAt(context.cwd);
  const hostPolicy = host.readHostPolicy(join(context.paths.config, 'host.json'));
  const references = context.args.length > 0 ? context.args.map(parseReference) : allOf(project);
  if (wanted.export !== undefined && references.length !== 1)
    throw new Problem(
      'usage',
      'Cannot export: no skill is named, and --export writes the evidence of one skill',
      {
        hint: 'name the skill: skillgate verify @scope/name',
      },
    );
  const verified = new VerifiedStatements();
  const outcomes: Outcome[] = [];
  for (const reference of references) {
    const verify = async () =>
      finish(
        context,
        await verifyAndExport(
          { ...context, verified },
          project,
          hostPolicy,
          reference,
          wanted.export,
        ),
      );
    outcomes.push(await outcomeOf(context, references, verify, reference.name));
  }
  return printOutcomes(context, outcomes);
}

interface Wanted {
  readonly export?: string;
  readonly from?: string;
  readonly trust?: string;
}

function wantedOf({ options, args }: CommandContext): Wanted {
  const text = (name: string) =>
    typeof options[name] === 'string' ? { [name]: options[name] } : {};
  const wanted: Wanted = { ...text('export'), ...text('from'), ...text('trust') };
  const wrong =
    wanted.trust !== undefined && wanted.from === undefined
      ? '--trust needs --from'
      : wanted.from !== undefined &&
          (args.length > 0 || wanted.export !== undefined || options.offline === true)
        ? '--from takes no skill, no --export and no --offline: the folder names its skill'
        : undefined;
  if (wrong !== undefined) throw new Problem('usage', `Cannot verify: ${wrong}`);
  return wanted;
}

async function finish(
  context: CommandContext,
  verified: VerifiedVersion,
): Promise<VerifiedVersion> {
  for (const line of verified.notes) printNote(context, safe`note: ${line}`);
  return context.options.rescan === true ? withRescan(verified) : verified;
}

async function verifyAndExport(
  context: CommandContext & AdmissionWorld,
  project: Project,
  host: HostPolicy,
  reference: SkillReference,
  to: string | undefined,
): Promise<VerifiedVersion> {
  if (to === undefined) return verifyVersion(context, project, host, reference);
  const taken = new Map<string, Uint8Array>();
  const through = (source: Source): Source => recordingSource(source, taken);
  const verified = await verifyVersion(context, project, host, { ...reference, through });
  if (verified.admitted === undefined) return verified;
  const folder = resolve(context.cwd, to);
  const { files, trust: digest } = await gatherEvidenceFiles(context, verified, taken);
  await writeNewFolder(folder, files);
  printNote(
    context,
    safe`exported to ${folder}; the digest of the folder’s root of trust is ${digest}. Keep the digest in another place than the folder`,
  );
  printNote(
    context,
    safe`verify the folder at any time, without a network: skillgate verify --from ${to} --trust ${digest}`,
  );
  return { ...verified, exported: { folder, trust: digest } };
}

async function outcomeOf(
  context: CommandContext,
  all: readonly unknown[],
  verify: () => Promise<VerifiedVersion>,
  name: SkillName,
): Promise<Outcome> {
  try {
    return await verify();
  } catch (problem) {
    context.signal.throwIfAborted();
    if (!(problem instanceof Problem) || all.length === 1) throw problem;
    return { name, problem };
  }
}

function printOutcomes(context: CommandContext, outcomes: readonly Outcome[]): ExitCode {
  const failed = outcomes.flatMap((outcome) =>
    outcome.problem === undefined ? [] : [{ ...outcome, problem: outcome.problem }],
  );
  if (context.format === 'text') printOutcomesForPeople(context, outcomes, failed);
  else answer(context, { schema: 'skillgate.verify/1', ...jsonOf(outcomes) }, () => safe``);
  const [first] = failed;
  if (first === undefined) return exitCodes.ok;
  if (outcomes.length > 1) return exitCodes.refused;
  if (context.format === 'text') throw first.problem;
  return exitOf(first.problem);
}

function printOutcomesForPeople(
  context: CommandContext,
  outcomes: readonly Outcome[],
  failed: readonly Failed[],
): void {
  const ink = inkFor(context.stdout, context.env);
  const { isTTY, columns } = context.stdout;
  const trees = outcomes.flatMap((outcome) =>
    'chain' in outcome ? [verifiedText(outcome, ink, isTTY === true ? columns : undefined)] : [],
  );
  if (trees.length > 0) printLine(context.stdout, joined(trees, '\n\n'));
  if (outcomes.length === 1) return;
  for (const { name, problem } of failed)
    printNote(
      context,
      joined(
        [safe`not verified: ${name}`, problemText(problem, inkFor(context.stderr, context.env))],
        '\n',
      ),
    );
  if (failed.length > 0)
    printNote(context, safe`verified ${outcomes.length - failed.length} of ${outcomes.length}`);
}

function jsonOf(outcomes: readonly Outcome[]): Record<string, unknown> {
  const verified = outcomes.flatMap((outcome) =>
    'chain' in outcome && outcome.problem === undefined ? [verifiedJson(outcome)] : [],
  );
  const failed = outcomes.flatMap((outcome) => {
    if (outcome.problem === undefined) return [];
    const problem = problemJson(outcome.problem, exitOf(outcome.problem));
    return [
      { name: outcome.name, ...('chain' in outcome ? verifiedJson(outcome) : {}), ...problem },
    ];
  });
  return { verified, failed };
}

function exitOf({ code }: Problem): ExitCode {
  return problemCodes[code].exit;
}

function allOf(project: Project): SkillReference[] {
  if (project.lock.size > 0) return [...project.lock.keys()].map((name) => ({ name, range: '*' }));
  throw new Problem('not-found', `Cannot verify: nothing is installed in ${project.folder}`, {
    hint: 'to check a version that is not installed: skillgate verify @scope/name',
  });
}
