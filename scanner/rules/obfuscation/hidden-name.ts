/** A name shows only when its pieces are put together. */

import { milder } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';

export const hiddenName = defineRule({
  id: 'obfuscation/hidden-name',
  title: 'A program’s or function’s name is hidden',
  kind: 'malice',
  severity: 'high',
  confidence: 'folded',
  why: 'Quotes in the middle of a command, names built from pieces and looked up by text serve to get past a search for the name.',
  fix: 'Write the name as it is.',
  maps: { attack: ['T1027.010'] },
  reads: ['trait:folded-name'],
  check: (context) =>
    context
      .of('trait')
      .filter(
        (fact) =>
          fact.trait === 'folded-name' &&
          !/^(process|import\.meta|Deno|Bun)\.env|^os\.environ/.test(fact.api),
      )
      .map((fact) => ({ span: fact.span, severity: milder('high', fact), message: fact.detail })),
});
