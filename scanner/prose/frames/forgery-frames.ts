/** Frames of results that are forged before anybody looks. */
import { languageBits } from '../lexicon.ts';
import type { ProseFrame } from './frame.ts';

const verbInside = languageBits('chinese', 'japanese');

export const resultsForged: readonly ProseFrame[] = [
  {
    says: 'count failures as successes',
    steps: [{ needs: ['reckoned', 'failure', 'as-good'], within: 16 }],
    severity: 'medium',
  },
  // "计为通过" has the verb in it.
  {
    says: 'count failures as successes',
    steps: [{ needs: ['failure', 'as-good'], within: 10, languages: verbInside }],
    severity: 'medium',
  },
  {
    says: 'invent evidence',
    steps: [{ needs: ['supplied', 'invented', 'evidence'], within: 14, close: [[1, 2, 5]] }],
    anchor: ['invented'],
    severity: 'medium',
  },
  {
    says: 'fix the winner of a comparison',
    steps: [{ needs: ['ranked', 'winner-fixed'], within: 10 }],
    severity: 'medium',
  },
  {
    says: 'fix the winner of a comparison',
    steps: [{ needs: ['ranked', 'top-place', 'regardless'], within: 14 }],
    severity: 'medium',
  },
  {
    says: 'change a record after the fact',
    steps: [{ needs: ['doctored', 'record'], within: 6 }],
    anchor: ['doctored'],
    severity: 'medium',
    ambiguous: true,
  },
  {
    says: 'act in the user’s name when no answer comes',
    steps: [{ needs: ['bound-act', 'no-answer'], within: 22, sentences: 2 }],
    severity: 'medium',
    ambiguous: true,
  },
];

export const deletedUnseen: readonly ProseFrame[] = [
  {
    says: 'delete before anybody sees the list',
    steps: [{ needs: ['deleted', 'past-bin'], within: 12, unless: ['not'] }],
    severity: 'medium',
  },
];
