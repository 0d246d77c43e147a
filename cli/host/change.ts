/** One change of host policy by a command: judged, written, and described for a person. */
import { join } from 'node:path';
import { changeHostPolicy } from '../../runner/host/change-policy.ts';
import { readHostPolicy } from '../../runner/host/host-policy.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { unifiedDiff } from '../changes/diff.ts';
import type { CommandContext } from '../command.ts';
import { answer, inkFor, joined, printNote, type Safe, safe } from '../terminal/output.ts';

export type HostMembers = Readonly<Record<string, unknown>>;

export interface HostChange {
  readonly change: (members: HostMembers, policy: HostPolicy) => HostMembers;
  /** What the change means for agents and skills. */
  readonly means: readonly Safe[];
  /** What the operator should know besides. */
  readonly notes?: readonly Safe[];
  /** The next step where the new policy is not valid. */
  readonly hint?: string | undefined;
}

export function policyFileOf({ paths }: Pick<CommandContext, 'paths'>): string {
  return join(paths.config, 'host.json');
}

export function readPolicy(context: Pick<CommandContext, 'paths'>): HostPolicy {
  return readHostPolicy(policyFileOf(context));
}

/** Applies the change, or with `--dry-run` prints the difference only. */
export function applyHostChange(
  context: CommandContext,
  { change, hint, means, notes }: HostChange,
) {
  const file = policyFileOf(context);
  const isTrial = context.options['dry-run'] === true;
  const { before, after } = changed(file, change, isTrial, hint);
  const difference = unifiedDiff(before, after).lines;
  const value = {
    schema: 'skillgate.host-changed/1',
    file,
    dryRun: isTrial,
    changed: before !== after,
    means: means.map((one) => one.text),
    notes: (notes ?? []).map((one) => one.text),
    difference,
  };
  answer(context, value, () =>
    isTrial
      ? differenceText(context, file, difference)
      : before === after
        ? safe`${file} says so already.`
        : joined(means, '\n'),
  );
  if (context.format !== 'text') return;
  for (const note of notes ?? []) printNote(context, safe`note: ${note}`);
  if (isTrial) printNote(context, safe`Nothing was changed, because of --dry-run.`);
}

function changed(
  file: string,
  change: HostChange['change'],
  isTrial: boolean,
  hint: string | undefined,
) {
  try {
    return changeHostPolicy(file, change, isTrial, hint);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw cause;
    throw new Problem('host-policy-invalid', `Cannot change ${file}: you may not write there`, {
      hint: 'run the command as the owner of the file and of its folder',
      cause,
    });
  }
}

function differenceText(context: CommandContext, file: string, lines: readonly string[]): Safe {
  const ink = inkFor(context.stdout, context.env);
  const coloured = (line: string): Safe =>
    line.startsWith('+') ? ink.green(line) : line.startsWith('-') ? ink.red(line) : safe`${line}`;
  return lines.length === 0
    ? safe`${file} says so already.`
    : joined([ink.bold(file), ...lines.map(coloured)], '\n');
}
