/** Frames of money that goes to somebody else than the user means. */
import type { ProseFrame } from './frame.ts';

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
