/** Keys are recorded as they are typed. */

import { defineRule } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const keylogging = defineRule({
  id: 'exec/keylogging',
  title: 'The keyboard is recorded',
  kind: 'malice',
  severity: 'medium',
  confidence: 'exact',
  why: 'A listener on the keyboard hears every password that is typed in any window.',
  fix: 'Read what the user types to the skill from its standard input.',
  maps: { cwe: ['CWE-506'], attack: ['T1056.001'] },
  reads: ['trait:keylogging'],
  check: (context) =>
    draftsOfTrait(context, 'keylogging', (fact) => ({
      message: `${fact.api} hears the keys of every window`,
    })),
});
