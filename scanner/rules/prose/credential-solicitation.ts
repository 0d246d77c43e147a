/** Text that makes an agent ask for what nobody should hand over. */
import { ordersIn } from '../../prose/find-orders.ts';
import { solicitations } from '../../prose/phrases/orders.ts';
import { defineRule } from '../../rule.ts';

export const credentialSolicitation = defineRule({
  id: 'prose/credential-solicitation',
  title: 'The text asks for a master secret',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'Seed phrases, private keys and passwords open everything at once and cannot be taken back. A conversation is no safe place for any secret.',
  fix: 'Use a key for this purpose, with few rights, as a declared secret.',
  maps: { owasp: ['ASI09'], attack: ['T1056'] },
  reads: ['text'],
  check: ({ of }) =>
    ordersIn(of('text'), solicitations, (found) => ({
      ...found,
      severity: opensEverything.test(found.quote) ? 'high' : found.severity,
    })),
});

// No service needs them; a password it may need is for a person to look at.
const opensEverything =
  /\b(?:seed|recovery|mnemonic|private key|(?:master|wallet|sudo|root) password|credit card|cvv|one-time|2fa)/i;
