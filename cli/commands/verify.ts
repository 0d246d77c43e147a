/** `skill verify`: the chain of evidence of a version as a tree, and whether the installed files are the approved ones. */
import { join } from 'node:path';
import { requireAdmitted } from '../../runner/admit.ts';
import { readAll } from '../../runner/catalogue.ts';
import { type HostPolicy, readHostPolicy } from '../../runner/host-policy.ts';
import { parseReference, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { problemCodes } from '../../skills-index/skill/problem-codes.ts';
import type { Admitted } from '../../skills-index/trust/decision.ts';
import { askAdmission, openAdmitted, type Project, projectAt } from '../admission.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { standJson, standLines } from '../installed-text.ts';
import { answer, count, inkFor, joined, note, type Safe, safe, say } from '../output.ts';
import { problemJson, problemText } from '../problem-text.ts';
import { type InstalledFiles, installedFiles, layoutDifferences, layoutOf, placesOf } from '../skill-folder.ts';

interface Checked {
  readonly admitted: Admitted;
  readonly notes: readonly string[];
  /** Folders that were compared; empty for a version that is not installed. */
  readonly folders: readonly string[];
  /** Absent when it is not installed, or without a sandbox. */
  readonly files?: InstalledFiles;
  readonly plain: boolean;
}

interface Failed {
  readonly name: SkillName;
  readonly problem: Problem;
}

/** One skill that fails is its own failure; of several each is checked, and the others' failures stand beside. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const project = await projectAt(context.cwd);
  const host = readHostPolicy(join(context.paths.config, 'host.json'));
  const references = context.args.length > 0 ? context.args.map(parseReference) : allOf(project);
  const checked: Checked[] = [];
  const failed: Failed[] = [];
  for (const { name, range } of references) {
    try {
      checked.push(await verifyOne(context, project, host, name, range));
    } catch (problem) {
      context.signal.throwIfAborted();
      if (!(problem instanceof Problem) || references.length === 1) throw problem;
      failed.push({ name, problem });
    }
  }
  const failures = failed.map(({ name, problem }) => ({ name, ...problemJson(problem, exitOf(problem)) }));
  const verified = checked.map(printable);
  if (context.format !== 'text')
    answer(context, { schema: 'skillgate.verify/1', ...{ verified, failed: failures } }, () => safe``);
  else tell(context, checked, failed);
  return failed.length === 0 ? exitCodes.ok : exitCodes.refused;
}

function tell(context: CommandContext, checked: readonly Checked[], failed: readonly Failed[]): void {
  if (checked.length > 0)
    say(
      context.stdout,
      joined(
        checked.map((one) => tree(context, one)),
        '\n\n',
      ),
    );
  for (const { name, problem } of failed)
    note(context, joined([safe`not verified: ${name}`, problemText(problem, inkFor(context.stderr, context.env))], '\n'));
  if (failed.length > 0) note(context, safe`verified ${checked.length} of ${checked.length + failed.length}`);
}

function exitOf({ code }: Problem): ExitCode {
  return problemCodes[code].exit;
}

function allOf(project: Project): { name: SkillName; range: string }[] {
  if (project.lock.size > 0) return [...project.lock.keys()].map((name) => ({ name, range: '*' }));
  throw new Problem('not-found', `Cannot verify: nothing is installed in ${project.folder}`, {
    hint: 'skill verify @scope/name checks a version that is not installed',
  });
}

async function verifyOne(
  context: CommandContext,
  project: Project,
  host: HostPolicy,
  name: SkillName,
  range: string,
): Promise<Checked> {
  const locked = range === '*' ? project.lock.get(name) : undefined;
  const { admission, source } = await askAdmission(context, {
    name,
    range: locked?.version ?? range,
    locked,
    locks: [project.lock],
    offline: context.options.offline === true,
    registries: project.file.registries,
    statusUrls: host.status,
  });
  for (const line of admission.notes) note(context, safe`note: ${line}`);
  const admitted = requireAdmitted(admission, name);
  if (locked === undefined) return { admitted, notes: admission.notes, folders: [], plain: false };

  const wanted = project.file.skills.get(name);
  const plain = wanted?.plain === true;
  const opened = await openAdmitted(source, admitted);
  const files = installedFiles(opened.bundle, await readAll(opened), { name, commands: admitted.manifest.commands, plain });
  const layout = layoutOf(project, name, wanted ?? { range: '*' });
  const reasons = layoutDifferences(layout, files).map((message) => ({ message }));
  if (reasons.length > 0)
    throw new Problem(
      'installed-differs',
      `Cannot vouch for ${name}: ${count(reasons.length, 'installed file differs', 'installed files differ')}`,
      {
        reasons,
      },
    );
  return {
    admitted,
    notes: admission.notes,
    folders: placesOf(layout).map(({ place }) => place),
    ...(plain ? {} : { files }),
    plain,
  };
}

function printable({ admitted, notes, folders, files, plain }: Checked): Record<string, unknown> {
  const { manifest: _, checkpoint, ...rest } = admitted;
  return {
    ...rest,
    checkpoint: { size: checkpoint.size },
    notes,
    folders,
    plain,
    ...(files === undefined ? {} : { files: standJson(files) }),
  };
}

function tree(context: CommandContext, { admitted, folders, files, plain }: Checked): Safe {
  const ink = inkFor(context.stdout, context.env);
  const reviews = admitted.approvals.map(
    (one) =>
      safe`${one.member}, by ${one.by}${one.independent ? ' and independent of the desk' : ''}, log index ${one.logIndex}: ${one.reason}`,
  );
  const places = [
    ...folders.map(
      (folder) => safe`${folder}: ${plain ? 'the original files, no sandbox' : 'what Skillgate put there, unchanged'}`,
    ),
    ...(files === undefined ? [] : standLines(files).map((line) => safe`${line}`)),
  ];
  const branches: readonly (readonly [Safe, readonly Safe[]])[] = [
    ...admitted.facts.map((fact) => [safe`${fact}`, []] as const),
    [safe`reviews`, reviews],
    [folders.length === 0 ? safe`not installed here` : safe`installed`, places],
  ];
  const lines = branches.flatMap(([head, leaves], at) => {
    const last = at === branches.length - 1;
    return [
      safe`${last ? '└─ ' : '├─ '}${head}`,
      ...leaves.map((leaf, i) => safe`${last ? '   ' : '│  '}${i === leaves.length - 1 ? '└─ ' : '├─ '}${leaf}`),
    ];
  });
  return joined([safe`${ink.green('verified')} ${ink.bold(`${admitted.name}@${admitted.version}`)}`, ...lines], '\n');
}
