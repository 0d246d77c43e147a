/** Installing a package runs a script of its own. */

import { runs } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const lifecycleScript = defineRule({
  id: 'supply/lifecycle-script',
  title: 'A script that runs at installation',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Lifecycle scripts run when dependencies are installed, before anybody called the skill.',
  fix: 'Make it a command of the skill instead.',
  maps: { attack: ['T1195.002'] },
  reads: ['dependency:lifecycle'],
  check: (context) =>
    context.of('dependency').flatMap((fact): FindingDraft[] => {
      if (!runs(fact)) return [];
      const message = `${fact.name} runs by itself at installation: ${fact.version}`;
      return [
        { span: fact.span, severity: ordinary.test(fact.version) ? 'low' : 'medium', message },
      ];
    }),
});

// Builds of the package itself, and what sets up its own repository.
const ordinary =
  /^\s*(husky( install)?|is-ci \|\| husky( install)?|lefthook install|simple-git-hooks|tsc( [\w./ -]{0,60})?|(npm|pnpm|yarn) (run )?(build|compile)|patch-package|echo ['"]?[^'"`$;&|<>\n]{0,80}['"]?)\s*$/;
