/** Encoded data is decoded and run. */

import { milder } from '../../fact/standing.ts';
import { defineRule, draftAt } from '../../rule.ts';

export const decodeAndRun = defineRule({
  id: 'obfuscation/decode-and-run',
  title: 'Encoded code is run',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'Code is encoded so that nobody reads it. No honest skill hides what it runs.',
  fix: 'Write the code as it is.',
  maps: { cwe: ['CWE-506'], attack: ['T1140', 'T1027'] },
  reads: ['trait:decode-to-code'],
  check: (context) =>
    context
      .of('trait')
      .filter((fact) => fact.trait === 'decode-to-code')
      .map((fact) =>
        draftAt(
          fact,
          `${fact.api} runs what was encoded${fact.detail === '' || fact.detail === '…' ? '' : `: ${fact.detail}`}`,
          { severity: milder('critical', fact) },
        ),
      ),
});
