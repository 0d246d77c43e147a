/** Frames of acts that honest pages order too, and that count only with words that shade them. */
import type { Concept } from '../phrases/concept.ts';
import type { ProseFrame } from './frame.ts';

const strangers: readonly Concept[] = ['url', 'url-slot', 'host'];
const shades: readonly Concept[] = ['unasked', 'presumed', 'unsaid', 'withheld', 'needless'];

export const shadedSendings: readonly ProseFrame[] = [
  {
    says: 'send something to an address, although nobody is asked or told',
    steps: [{ needs: ['goes', strangers], within: 12 }],
    anchor: shades,
    severity: 'medium',
    onlyWith: shades,
  },
];

export const shadedOrders: readonly ProseFrame[] = [
  {
    says: 'do what others write, although nobody is asked or told',
    steps: [{ needs: ['fulfilled', 'others'], within: 14 }],
    anchor: [...shades, 'binding', 'at-once'],
    severity: 'medium',
    ambiguous: true,
    onlyWith: [...shades, 'binding', 'at-once'],
  },
];

export const shadedDeletions: readonly ProseFrame[] = [
  {
    says: 'delete something valuable, although nobody is asked or told',
    steps: [{ needs: ['deleted', ['valuable', 'belongings', 'traces']], within: 10 }],
    anchor: [...shades, 'past-bin'],
    severity: 'medium',
    ambiguous: true,
    onlyWith: [...shades, 'past-bin'],
  },
];

export const shadedPayments: readonly ProseFrame[] = [
  {
    says: 'pay, although nobody is asked or told',
    steps: [{ needs: [['paid', 'goes', 'conveyed', 'instead'], 'payee'], within: 12 }],
    severity: 'medium',
    ambiguous: true,
    onlyWith: shades,
  },
];

export const shadedRequests: readonly ProseFrame[] = [
  {
    says: 'ask for a password or key in haste, or without telling why',
    steps: [{ needs: ['solicit', 'credential'], within: 10 }],
    severity: 'medium',
    ambiguous: true,
    onlyWith: ['haste', 'needless', 'unsaid', 'withheld'],
  },
];
