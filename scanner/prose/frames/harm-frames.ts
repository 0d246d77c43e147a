/** Frames of further acts against the user: doors left open, warnings left out, sums inflated. */
import type { ProseFrame } from './frame.ts';

/** Words of others that are obeyed in further ways. */
export const pagesContinued: readonly ProseFrame[] = [
  {
    says: 'go on with the steps of an address',
    steps: [{ needs: ['same-page', 'url'], within: 26, sentences: 2 }],
    anchor: ['same-page'],
    severity: 'medium',
    onlyWith: ['unasked', 'presumed', 'unsaid', 'withheld', 'needless'],
  },
  {
    says: 'believe that somebody is allowed to do it, without a check',
    steps: [{ needs: ['others', 'proof-enough'], within: 20, sentences: 2 }],
    severity: 'medium',
  },
];

export const partnersPlanted: readonly ProseFrame[] = [
  {
    says: 'plant a partner’s code',
    steps: [{ needs: ['planted', 'affiliate', 'every'], within: 16 }],
    anchor: ['affiliate'],
    severity: 'medium',
  },
];

export const secretsInSamples: readonly ProseFrame[] = [
  {
    says: 'put real credentials into samples',
    steps: [
      {
        needs: [['conveyed', 'supplied'], 'real-values', ['credential', 'secret'], 'sample'],
        within: 18,
      },
    ],
    anchor: ['real-values'],
    severity: 'medium',
    ambiguous: true,
  },
];

export const tracesRemoved: readonly ProseFrame[] = [
  {
    says: 'remove traces',
    steps: [{ needs: ['deleted', 'traces'], within: 8 }],
    severity: 'medium',
    ambiguous: true,
  },
  {
    says: 'watch people without their knowledge',
    steps: [{ needs: ['watch', 'person'], within: 10 }],
    anchor: ['covert', 'unsaid', 'withheld'],
    severity: 'medium',
    ambiguous: true,
    onlyWith: ['covert', 'unsaid', 'withheld'],
  },
];
