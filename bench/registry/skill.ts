/** The skill that the registry's bench publishes: six small files, no capability. */
import { digestOf } from '../../skills-index/skill/digest.ts';
import type { Finding } from '../../skills-index/statement/finding.ts';
import { makeSkill, type Skill } from '../../test/registry/road.ts';

const steps = Array.from(
  { length: 12 },
  (_, at) =>
    `${at + 1}. Read table ${at + 1} of the week, and write what changed since last week.\n`,
).join('');

export function benchSkill(scope: string, skill: string, version: string): Skill {
  return makeSkill(`@${scope}/${skill}`, version, {
    files: {
      'notes/steps.md': `# ${skill}\n\n${steps}`,
      'notes/words.md': 'Plain words. Short sentences.\n',
      'scripts/report.sh': '#!/bin/sh\nsort -k2 -n "$1" | head -n 20\n',
      'scripts/count.sh': '#!/bin/sh\nwc -w "$1"\n',
    },
  });
}

/** Evidence of an attack in line `nth` of a script. */
export function criticalFinding(nth: number): Finding {
  return {
    rule: 'flow/secret-to-network',
    kind: 'malice',
    severity: 'critical',
    confidence: 'exact',
    message: 'A secret leaves over the network',
    path: 'scripts/count.sh',
    line: nth,
    column: 1,
    endLine: nth,
    endColumn: 2,
    flow: [],
    fix: 'Remove the request.',
    fingerprint: digestOf(`finding ${nth}`),
  };
}
