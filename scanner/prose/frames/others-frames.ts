/** Frames of orders by others: what strangers write gets the user's rank, or is done. */
import type { Concept } from '../phrases/concept.ts';
import type { ProseFrame } from './frame.ts';

const written: readonly Concept[] = ['others', 'foreign'];
const withRank: readonly Concept[] = ['unasked', 'presumed', 'at-par', 'binding', 'at-once'];

/** Text of others that is carried out like a request of the user. */
export const ordersOfOthers: readonly ProseFrame[] = [
  {
    says: 'give the words of others the user’s rank',
    steps: [
      {
        needs: ['at-par', 'principal', written, ['fulfilled', 'asked', 'wish', 'regard']],
        within: 22,
      },
    ],
    anchor: ['at-par'],
    severity: 'medium',
  },
  {
    says: 'carry out what others write, as binding',
    steps: [
      { needs: [written, 'binding'], within: 14 },
      { needs: ['fulfilled'], within: 1 },
    ],
    apart: 1,
    anchor: ['binding'],
    severity: 'medium',
  },
  {
    says: 'carry out what others write for it',
    steps: [{ needs: ['fulfilled', 'to-agent'], within: 16 }],
    severity: 'medium',
  },
  {
    says: 'carry out what others write, with the user’s rank',
    steps: [{ needs: ['fulfilled', 'others', 'asked'], within: 18 }],
    anchor: withRank,
    severity: 'medium',
    onlyWith: withRank,
  },
];
