/** The plan of a session as text. */

import type { SessionPlan } from '../../skills-index/run/plan/session-plan.ts';
import {
  leftOutLine,
  type PlanLine,
  printPlanLines,
  refusedLine,
  sizesLine,
} from '../run/plan-text.ts';

/**
 * Lists granted, left-out and refused access, each with its reason. The caller escapes text from
 * skills.
 */
export function printSessionPlan({ limits, ...plan }: SessionPlan): string {
  const sections: readonly (readonly [string, readonly PlanLine[]])[] = [
    [
      'mounts',
      plan.mounts.map((mount) => [`${mount.mode} ${mount.target} <- ${mount.path}`, mount.reason]),
    ],
    [
      'read-only',
      plan.folders.map((folder) => [
        `${folder.target}${folder.path === folder.target ? '' : ` <- ${folder.path}`}`,
        folder.reason,
      ]),
    ],
    [
      'egress',
      plan.egress.map((target) => [
        `${target.methods.join(',')} ${target.scheme}://${target.host}:${target.port}${target.path}`,
        target.reason,
      ]),
    ],
    [
      'secrets',
      plan.secrets.map((secret) => [
        `${secret.name} as ${secret.as} to ${(secret.places ?? secret.hosts).join(', ')}`,
        secret.reason,
      ]),
    ],
    [
      'env',
      plan.env.map((variable) => [
        `${variable.name}=${JSON.stringify(variable.value)}`,
        variable.reason,
      ]),
    ],
    ['skills', plan.skills.map((skill) => [`${skill.name}@${skill.version}`, skill.reason])],
    [
      'waits for a person',
      plan.holds.map((hold) => [`${hold.rule}, ${hold.seconds} s`, hold.reason]),
    ],
    ['left out', plan.leftOut.map(leftOutLine)],
    ['refused', plan.refused.map(refusedLine)],
  ];
  return printPlanLines(
    [
      `${plan.command.join(' ')}`,
      `as agent ${plan.agent}, uid ${plan.uid}, in ${plan.backend}, working in ${plan.workingDirectory}${plan.terminal === undefined ? '' : ', at a terminal of its own'}`,
      `at most ${limits.seconds} s, ${limits.memoryMiB} MiB, ${limits.outputBytes} bytes of output`,
      sizesLine(limits),
    ],
    sections,
  );
}
