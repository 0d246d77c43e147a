/** A program or an order is written in a code that only machines read. */

import { milder } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const encodedProgram = defineRule({
  id: 'obfuscation/encoded-program',
  title: 'An encoded program',
  kind: 'malice',
  severity: 'high',
  confidence: 'folded',
  why: 'The text decodes to commands, code or orders. Agents decode what they are asked to decode; the reviewer sees only letters.',
  fix: 'Write the program as it is.',
  maps: { cwe: ['CWE-506'], owasp: ['AST08'], attack: ['T1027.013', 'T1140'] },
  reads: ['trait:encoded-program'],
  check: (context) =>
    draftsOfTrait(context, 'encoded-program', (fact) => ({
      severity: milder('high', fact),
      message: `encoded text that decodes to a program: ${fact.detail}`,
    })),
});
