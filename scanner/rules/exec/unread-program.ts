/** A program stands on a command line, and no front end reads all of it. */

import { defineRule } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const unreadProgram = defineRule({
  id: 'exec/unread-program',
  title: 'A program on a command line that is not read',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'The program is written in a language that the scan does not analyse whole. It may do anything, and a person has to read it.',
  fix: 'Write the program in Python, JavaScript, TypeScript or shell, or put it into a file of the skill.',
  maps: { cwe: ['CWE-95'], owasp: ['ASI05'], attack: ['T1059'] },
  reads: ['trait:unread-program'],
  check: (context) =>
    draftsOfTrait(context, 'unread-program', (fact) => ({
      message: `${fact.api} runs a program that the scan does not read whole: ${fact.detail.replace(/\s+/g, ' ').slice(0, 100)}`,
    })),
});
