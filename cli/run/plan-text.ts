/** A plan in lines for people. */

import type { Plan, PlannedEgress } from '../../skills-index/run/plan/plan.ts';
import { asCalled } from '../context/called-name.ts';
import { withBrokenAddresses } from './capability-text.ts';

/**
 * What it gives, leaves out and refuses, each line with its reason; addresses broken. The caller
 * escapes what comes from a skill.
 */
export function printPlan({ limits, ...plan }: Plan): string {
  const sections: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
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
    ['programs', plan.programs.map((one) => [one.program, one.reason])],
    [
      'waits for a person',
      plan.holds.map((one) => [`${one.rule}, for ${one.seconds} s`, one.reason]),
    ],
    ['left out', plan.leftOut.map((one) => [one.what, one.reason])],
    [
      'refused',
      plan.refused.map((one) => [
        `${one.code}: ${one.message}`,
        asCalled(one.hint ?? `skillgate explain ${one.code}`),
      ]),
    ],
  ];
  const lines = [
    `${plan.skill.name}@${plan.skill.version} ${plan.command.name} (${plan.command.interpreter} ${plan.command.file})`,
    `as ${plan.agent}, uid ${plan.uid}, in ${plan.backend}, working in ${plan.workingDirectory}`,
    `at most ${limits.seconds} s, ${limits.memoryMiB} MiB, ${limits.outputBytes} bytes of output`,
    ...(plan.egress.length === 0
      ? []
      : [
          `at most ${plan.egressLimits.requestsPerMinute} requests in a minute, ${plan.egressLimits.sentBytes} bytes that leave`,
        ]),
    ...sections.flatMap(([title, lines]) =>
      lines.length === 0 ? [] : [title, ...lines.map(([what, why]) => `  ${what}\n      ${why}`)],
    ),
  ];
  return withBrokenAddresses(lines.join('\n'));
}

function egressText({ host, methods, mode, path, port, scheme }: PlannedEgress): string {
  return mode === 'tunnel'
    ? `TUNNEL ${scheme}://${host}:${port}`
    : `${methods.join(',')} ${scheme}://${host}:${port}${path}`;
}
