/** Text that makes an agent ask for what nobody should hand over. */

import { atMost } from '../../fact/standing.ts';
import { credentialsPassedOn, withFrames } from '../../prose/frames/find-frames.ts';
import { shadedRequests } from '../../prose/frames/shaded-frames.ts';
import { frequentSolicitations, solicitations } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { solicitationPhrases } from '../../prose/phrases/orders.ts';
import { statementsOf } from '../../prose/statements.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

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
  check: (context) => {
    const facts = context.of('text');
    const told = statementsOf(facts, forms).map(
      ({ fact, quote, manner, form }): FindingDraft => ({
        span: fact.span,
        message: `makes an agent ask for it: "${quote}"`,
        ...weighed(
          manner,
          atMost('high', solicitations.some((regExp) => regExp === form) ? 'high' : 'medium'),
        ),
      }),
    );
    return withFrames(told, facts, framesOfCredentials);
  },
});

const forms = [...solicitations, ...frequentSolicitations, ...solicitationPhrases];

const framesOfCredentials = [...credentialsPassedOn, ...shadedRequests];
