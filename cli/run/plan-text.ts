/** A plan in lines for people. */

import { withBrokenAddresses } from '../../scanner/lookup-tables/hidden-characters.ts';
import type { LeftOut, Plan, PlannedEgress, Refusal } from '../../skills-index/run/plan/plan.ts';
import { asCalled } from '../called-name.ts';

/** A line of a plan: what, why, and text to type or to copy. */
export type PlanLine = readonly [what: string, why: string | undefined, hint?: string | undefined];

/**
 * What it gives, leaves out and refuses, each line with its reason; addresses broken. The caller
 * escapes what comes from a skill.
 */
export function printPlan({ limits, ...plan }: Plan): string {
  const sections: readonly (readonly [string, readonly PlanLine[]])[] = [
    ['mounts', plan.mounts.map((one) => [`${one.mode} ${one.target} <- ${one.path}`, one.reason])],
    ['egress', plan.egress.map((one) => [egressText(one), one.reason])],
    [
      'secrets',
      plan.secrets.map((one) => [
        `${one.name} as ${one.as} to ${[...(one.methods ?? []), one.hosts.join(', ')].join(' ')}`,
        one.reason,
      ]),
    ],
    ['env', plan.env.map((one) => [`${one.name}=${JSON.stringify(one.value)}`, one.reason])],
    [
      'programs',
      [...plan.programs.map((one): PlanLine => [one.program, one.reason]), ...baseLine(plan)],
    ],
    ['packages', plan.packages.map(packagesLine)],
    [
      'waits for a person',
      plan.holds.map((one) => [`${one.rule}, for ${one.seconds} s`, one.reason]),
    ],
    ['left out', plan.leftOut.map(leftOutLine)],
    ['refused', plan.refused.map(refusedLine)],
  ];
  return printPlanLines(
    [
      `${plan.skill.name}@${plan.skill.version} ${plan.command.name} (${startText(plan.command)})`,
      `as ${plan.agent}, uid ${plan.uid}, in ${plan.backend}, working in ${plan.workingDirectory}`,
      `at most ${limits.seconds} s, ${limits.memoryMiB} MiB, ${limits.outputBytes} bytes of output`,
      sizesLine(limits),
      ...(plan.egress.length === 0
        ? []
        : [
            `at most ${plan.egressLimits.requestsPerMinute} requests in a minute, ${plan.egressLimits.sentBytes} bytes that leave`,
          ]),
    ],
    sections,
  );
}

/** How much a run may write: temporary space is memory, and changes are limited in each folder. */
export function sizesLine({ changesMiB, homeMiB, temporaryMiB }: Plan['limits']): string {
  return `temporary space: ${temporaryMiB} MiB in /tmp, ${homeMiB} MiB in HOME; changes: ${changesMiB} MiB in each folder`;
}

function startText({ file, interpreter, module, scratch }: Plan['command']): string {
  const start =
    module === undefined
      ? `${interpreter} ${file}`
      : `${interpreter} -m ${module}, from the skill's folder`;
  return scratch === true ? `${start}; a copy that ends with the run` : start;
}

// One line for all base programs: a hundred lines would hide what this run asked for.
function baseLine({ base }: Pick<Plan, 'base'>): PlanLine[] {
  const reason =
    'every sandbox has them: coreutils, find, grep, sed, awk, tar, gzip, diff and others';
  return base.length === 0 ? [] : [[`${base.length} base programs of the system`, reason]];
}

// A lock may have hundreds of packages. `--format json` has them all, with their digests.
function packagesLine({ ecosystem, packages, reason }: Plan['packages'][number]): PlanLine {
  const names = packages.map((one) => one.split(' ').slice(0, 2).join(' '));
  const more = names.length - shownPackagesMax;
  const shown = names.slice(0, shownPackagesMax).join(', ');
  return [`${ecosystem}: ${shown}${more > 0 ? ` and ${more} more` : ''}`, reason];
}

const shownPackagesMax = 20;

/** Addresses are broken except in a hint, which a person copies. */
export function printPlanLines(
  head: readonly string[],
  sections: readonly (readonly [string, readonly PlanLine[]])[],
): string {
  const lines = sections.flatMap(([title, rows]) =>
    rows.length === 0
      ? []
      : [
          title,
          ...rows.flatMap(([what, why, hint]) => [
            withBrokenAddresses(`  ${what}`),
            ...(why === undefined ? [] : [withBrokenAddresses(`      ${why}`)]),
            ...(hint === undefined ? [] : [`      ${hint}`]),
          ]),
        ],
  );
  return [...head.map(withBrokenAddresses), ...lines].join('\n');
}

export function leftOutLine({ what, reason, hint }: LeftOut): PlanLine {
  return [what, reason, hint];
}

export function refusedLine({ code, hint, message }: Refusal): PlanLine {
  return [`${code}: ${message}`, undefined, asCalled(hint ?? `skillgate explain ${code}`)];
}

function egressText({ host, methods, mode, path, port, scheme }: PlannedEgress): string {
  return mode === 'tunnel'
    ? `TUNNEL ${scheme}://${host}:${port}`
    : `${methods.join(',')} ${scheme}://${host}:${port}${path}`;
}
