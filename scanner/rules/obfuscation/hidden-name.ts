/** A name shows only when its pieces are put together. */

import { milder } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';

export const hiddenName = defineRule({
  id: 'obfuscation/hidden-name',
  title: 'A program’s or function’s name is hidden',
  kind: 'malice',
  severity: 'high',
  confidence: 'folded',
  why: 'Quotes in the middle of a command, and names that are built from pieces or looked up by text, keep a search from finding the name.',
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
