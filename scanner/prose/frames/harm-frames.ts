/** Frames of further acts against the user: doors left open, warnings left out, sums inflated. */
import type { ProseFrame } from './frame.ts';

/** Ways in that a page leaves for others. */
export const doorsLeftOpen: readonly ProseFrame[] = [
  {
    says: 'let one code open every account',
    steps: [{ needs: ['accepted', 'credential', 'any-account'], within: 18 }],
    severity: 'medium',
  },
  {
    says: 'open something to everyone for good',
    steps: [{ needs: ['opened', 'everyone'], within: 10 }],
    severity: 'medium',
    ambiguous: true,
    onlyWith: ['for-good', 'unasked', 'presumed', 'unsaid', 'withheld', 'needless'],
  },
  {
    says: 'approve without a look',
    steps: [{ needs: ['approved', 'unchecked'], within: 6 }],
    severity: 'medium',
  },
];

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

/** What people are not told, or told wrong. */
export const readersMisled: readonly ProseFrame[] = [
  {
    says: 'leave warnings out',
    steps: [{ needs: ['omitted', 'caution'], within: 10 }],
    severity: 'medium',
    ambiguous: true,
  },
  {
    says: 'inflate sums',
    steps: [{ needs: ['inflated', 'amounts'], within: 10 }],
    anchor: ['inflated'],
    severity: 'medium',
    ambiguous: true,
  },
  {
    says: 'judge people by their origin',
    steps: [{ needs: ['penalised', 'origin'], within: 14 }],
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

export const answersForUser: readonly ProseFrame[] = [
  {
    says: 'answer questions in the user’s place',
    steps: [{ needs: ['yes-for-user', 'prompts'], within: 12 }],
    anchor: ['yes-for-user'],
    severity: 'medium',
  },
];
