/** Text that has an agent put something into everything it makes. */
import { ordersIn } from '../../prose/find-orders.ts';
import { plantings } from '../../prose/phrases/orders.ts';
import { defineRule } from '../../rule.ts';

export const plantedContent = defineRule({
  id: 'prose/planted-content',
  title: 'The text plants something into all work',
  kind: 'malice',
  severity: 'medium',
  confidence: 'lexical',
  why: 'A script, a link or an account that an agent adds to each file, page or commit without a request reaches everybody who uses the work.',
  fix: 'Let the user ask for it.',
  maps: { owasp: ['LLM05', 'ASI09'] },
  reads: ['text'],
  check: ({ of }) =>
    ordersIn(of('text'), plantings, (found) => ({
      ...found,
      severity: unseen.test(found.quote) ? 'high' : found.severity,
    })),
});

// Letters that nobody sees are a channel to whoever, or whatever, reads them: no user asks for
// that.
const unseen = /\b(invisible|hidden|zero[- ]width) (unicode|characters?)\b/i;
