/** A program is run that is not in the bundle, or not on this machine. */

import { isInText } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const remoteProgram = defineRule({
  id: 'exec/remote-program',
  title: 'A program from elsewhere',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'An image, a URL or another machine holds the program. Nobody scanned it, and it can change after the skill was approved.',
  fix: 'Name an image by its digest, a package by its version; keep commands for other machines out of skills.',
  maps: { cwe: ['CWE-494', 'CWE-829'], owasp: ['ASI04'], attack: ['T1610', 'T1021.004'] },
  reads: ['trait:remote-program'],
  check: (context) =>
    draftsOfTrait(context, 'remote-program', (fact) => ({
      severity: isInText(fact) ? 'info' : 'low',
      message: fact.detail,
    })),
});
