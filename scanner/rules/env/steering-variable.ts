/** A variable is set that makes other programs load code or go elsewhere. */

import { isInText, milder } from '../../fact/standing.ts';
import { defineRule, draftAt, type FindingDraft } from '../../rule.ts';

export const steeringVariable = defineRule({
  id: 'env/steering-variable',
  title: 'An environment variable that steers other programs is set',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'LD_PRELOAD, NODE_OPTIONS, BASH_ENV and similar variables make every program that starts afterwards run other code.',
  fix: 'Call the program with the option you need instead, or remove the assignment.',
  maps: { cwe: ['CWE-427'], attack: ['T1574'] },
  reads: ['trait:env-write'],
  check: (context) =>
    context.of('trait').map((fact): FindingDraft => {
      const loads =
        /^(LD_|DYLD_|NODE_OPTIONS|PYTHONSTARTUP|BASH_ENV|PERL5OPT|RUBYOPT|GIT_SSH|PROMPT_COMMAND)/.test(
          fact.api,
        );
      return draftAt(fact, `sets ${fact.api}, which changes what other programs do`, {
        severity: milder(loads && !isInText(fact) ? 'medium' : 'low', fact),
      });
    }),
});
