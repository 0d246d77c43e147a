/** Data is read by a reader that runs code in it. */

import { runs } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';

export const deserialize = defineRule({
  id: 'exec/deserialize',
  title: 'Data that can run code is read',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'pickle, marshal and similar formats run what the data says. Data from elsewhere is code from elsewhere.',
  fix: 'Use JSON, or the safe reader of the format.',
  maps: { cwe: ['CWE-502'] },
  reads: ['trait:deserialize'],
  check: (context) =>
    context
      .of('trait')
      .filter((fact) => fact.trait === 'deserialize' && runs(fact))
      .map((fact) => ({
        span: fact.span,
        confidence: fact.certainty,
        message: `${fact.api} runs what its data says`,
      })),
});
