/** Software is installed without saying which version. */

import { isInText, runs } from '../../fact/standing.ts';
import { defineRule, draftAt } from '../../rule.ts';

export const unpinnedInstall = defineRule({
  id: 'supply/unpinned-install',
  title: 'An installation names no version',
  kind: 'capability',
  severity: 'info',
  confidence: 'exact',
  why: 'Without a version the next run installs whatever its publisher, or whoever took over the account, has put there since.',
  fix: 'Name the exact version.',
  maps: { cwe: ['CWE-1357'], owasp: ['AST02'], attack: ['T1195.001'] },
  reads: ['dependency:install'],
  check: (context) =>
    context.of('dependency').flatMap((fact) => {
      if (fact.how !== 'install' || fact.pinned || !runs(fact)) return [];
      return [
        draftAt(fact, `installs ${fact.manager} package ${fact.name} without a version`, {
          severity: isInText(fact) ? 'info' : 'low',
        }),
      ];
    }),
});
