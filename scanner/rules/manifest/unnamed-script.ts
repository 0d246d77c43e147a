/** SKILL.md tells to run a script that no command names: nobody can start it in the sandbox. */

import { commandFile } from '../../../skills-index/skill/manifest-schema.ts';
import { scriptsToRun } from '../../manifest/scripts-to-run.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const unnamedScript = defineRule({
  id: 'manifest/unnamed-script',
  title: 'A script is to be run and is no command',
  kind: 'capability',
  severity: 'medium',
  confidence: 'lexical',
  why: 'Only the programs that `commands` names can be started, and only in the sandbox. An agent that follows SKILL.md would start this script on the host itself, with all rights of the host. So an installation blocks it.',
  fix: 'Name it in `commands` of skill.json (skillgate manifest --write does), or take the line out of SKILL.md.',
  maps: { cwe: ['CWE-1059'], owasp: ['AST03'] },
  reads: ['text', 'source'],
  check: (context) => {
    const named = new Set<string>(Object.values(context.commands).map(commandFile));
    return scriptsToRun(context)
      .filter(({ path }) => !named.has(path))
      .map(({ path, span, isBlock }): FindingDraft => {
        const { hasManifest } = context;
        const why = hasManifest
          ? 'no command of skill.json names it'
          : 'there is no skill.json that makes it a command';
        return {
          span,
          severity: !hasManifest ? 'info' : isBlock ? 'medium' : 'low',
          message: `SKILL.md tells to run ${path}, and ${why}`,
        };
      });
  },
});
