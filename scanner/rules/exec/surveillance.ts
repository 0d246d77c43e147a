/** The screen, the clipboard, the camera or the microphone is read. */

import { isInText } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const surveillance = defineRule({
  id: 'exec/surveillance',
  title: 'Reads the screen, clipboard, camera or microphone',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'The recording includes whatever is on the screen or in the clipboard at that moment: passwords, messages, other people.',
  fix: 'Ask for a file or a text as an argument.',
  maps: { cwe: ['CWE-359'], attack: ['T1113', 'T1115', 'T1123', 'T1125'] },
  reads: ['trait:surveillance'],
  check: (context) =>
    draftsOfTrait(context, 'surveillance', (fact) => ({
      severity: isInText(fact) ? 'info' : 'low',
      message: /\s/.test(fact.detail)
        ? fact.detail
        : `${fact.api} reads the screen, the clipboard or a microphone`,
    })),
});
