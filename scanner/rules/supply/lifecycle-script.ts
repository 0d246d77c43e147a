/** Installing a package runs a script of its own. */
import { defineRule } from '../../rule.ts';
import { runs } from '../../standing.ts';

export const lifecycleScript = defineRule({
  id: 'supply/lifecycle-script',
  title: 'A script that runs at installation',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Lifecycle scripts run when dependencies are installed, before anybody called the skill.',
  fix: 'Make it a command of the skill instead.',
  maps: { attack: ['T1195.002'] },
  reads: ['dependency'],
  revision: 1,
  check: (context) =>
    context
      .of('dependency')
      .filter((fact) => fact.how === 'lifecycle' && runs(fact))
      .map((fact) => ({ span: fact.span, message: `${fact.name} runs by itself at installation: ${fact.version}` })),
});
