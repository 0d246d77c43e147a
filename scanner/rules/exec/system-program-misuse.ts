/** A program of the operating system does what it was not made for. */

import { milder } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const systemProgramMisuse = defineRule({
  id: 'exec/system-program-misuse',
  title: 'A program of the system does another’s work',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Programs of the operating system can fetch files, run programs of others and dump memory on the side. They are signed and already there, so attackers use them where curl or an unknown program would be noticed.',
  fix: 'Use the program that is made for the task, with its address in the manifest.',
  maps: { cwe: ['CWE-506'], owasp: ['ASI05'], attack: ['T1218', 'T1105'] },
  reads: ['trait:misuse'],
  check: (context) =>
    draftsOfTrait(context, 'misuse', (fact) => ({
      severity: milder('medium', fact),
      message: fact.detail,
    })),
});
