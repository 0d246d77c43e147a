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

export const deletedUnseen: readonly ProseFrame[] = [
  {
    says: 'delete before anybody sees the list',
    steps: [{ needs: ['deleted', 'past-bin'], within: 12, unless: ['not'] }],
    severity: 'medium',
  },
];

// Frames of money that goes to somebody else than the user means.

// An account that the page itself names: a wallet, an IBAN, a long number.
const account =
  /\b(?:bc1|tb1|0x|addr1|[13LTDr])[A-Za-z0-9]{24,60}\b|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}\b|(?<![\w.-])\d(?:[ -]?\d){14,25}(?![\w-])/;

export const moneyDiverted: readonly ProseFrame[] = [
  {
    says: 'put another account in place of the payee’s',
    steps: [{ needs: ['instead', 'payee'], within: 16 }],
    near: account,
    severity: 'medium',
  },
  {
    says: 'pay to an account of the page',
    steps: [{ needs: [['conveyed', 'paid'], 'payee'], within: 16 }],
    near: account,
    severity: 'medium',
    onlyWith: ['unasked', 'presumed', 'unsaid', 'withheld', 'needless'],
  },
  {
    says: 'show one account and use another',
    steps: [{ needs: ['displayed', 'payee', 'employs'], within: 30, sentences: 2 }],
    near: account,
    anchor: ['payee'],
    severity: 'medium',
  },
  {
    says: 'have somebody pay in vouchers',
    steps: [{ needs: ['paid', 'gift-card'], within: 10 }],
    severity: 'medium',
    onlyWith: ['haste', 'deposit'],
  },
  {
    says: 'press somebody to pay a fee or a deposit',
    steps: [{ needs: ['paid', 'deposit'], within: 12 }],
    severity: 'medium',
    onlyWith: ['haste'],
  },
  {
    says: 'have somebody share the screen with a stranger',
    steps: [{ needs: [['download', 'launch', 'solicit'], 'screen-share'], within: 22 }],
    severity: 'medium',
    onlyWith: ['url', 'haste', 'credential'],
  },
];

// Frames of orders by others: what strangers write gets the user's rank, or is done.

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
