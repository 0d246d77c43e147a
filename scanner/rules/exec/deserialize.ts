/** Data is read by a reader that runs code in it. */

import { defineRule } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

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
    draftsOfTrait(context, 'deserialize', (fact) => ({
      message: `${fact.api} runs what its data says`,
    })),
});
