/** The plan of a session in lines for people. */

import type { SessionPlan } from '../../skills-index/run/plan/session-plan.ts';
import { asCalled } from '../context/called-name.ts';
import { withBrokenAddresses } from '../run/capability-text.ts';

/**
 * What it gives, leaves out and refuses, each line with its reason. The caller escapes what comes
 * from a skill.
 */
export function printSessionPlan({ limits, ...plan }: SessionPlan): string {
  const sections: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    ['mounts', plan.mounts.map((one) => [`${one.mode} ${one.target} <- ${one.path}`, one.reason])],
    [
      'read-only',
      plan.folders.map((one) => [
        `${one.target}${one.path === one.target ? '' : ` <- ${one.path}`}`,
        one.reason,
      ]),
    ],
    [
      'egress',
      plan.egress.map((one) => [
        `${one.methods.join(',')} ${one.scheme}://${one.host}:${one.port}${one.path}`,
        one.reason,
      ]),
    ],
    [
      'secrets',
      plan.secrets.map((one) => [
        `${one.name} as ${one.as} to ${one.hosts.join(', ')}`,
        one.reason,
      ]),
    ],
    ['env', plan.env.map((one) => [`${one.name}=${JSON.stringify(one.value)}`, one.reason])],
    ['skills', plan.skills.map((one) => [`${one.name}@${one.version}`, one.reason])],
    ['waits for a person', plan.holds.map((one) => [`${one.rule}, ${one.seconds} s`, one.reason])],
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
    `${plan.command.join(' ')}`,
    `as agent ${plan.agent}, uid ${plan.uid}, in ${plan.backend}, working in ${plan.workingDirectory}`,
    `at most ${limits.seconds} s, ${limits.memoryMiB} MiB, ${limits.outputBytes} bytes of output`,
    ...sections.flatMap(([title, lines]) =>
      lines.length === 0 ? [] : [title, ...lines.map(([what, why]) => `  ${what}\n      ${why}`)],
    ),
  ];
  return withBrokenAddresses(lines.join('\n'));
}
