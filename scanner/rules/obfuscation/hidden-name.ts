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
          !/^(process|import\.meta|Deno|Bun)\.env|^os\.environ/.test(fact.api) &&
          !packageFile.test(fact.detail),
      )
      .map((fact) => ({ span: fact.span, severity: milder('high', fact), message: fact.detail })),
});

// The last part of the path is the package's name, which the code shows. The path before it only
// says where the package is installed, such as the home folder.
const packageFile = /^(~|\.{0,2})\/(\S+\/)?node_modules\/(@[\w.-]+\/)?[\w.-]+\.\w+$/;
