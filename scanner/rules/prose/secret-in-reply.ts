/** Text that has an agent repeat secrets where they do not belong. */

import { withFrames } from '../../prose/frames/find-frames.ts';
import { secretPassedOn } from '../../prose/frames/secret-frames.ts';
import { secretReplies } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { statementsOf } from '../../prose/statements.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

// "Include credentials in URL": cameras and databases are opened so, by an address that the text
// shows. A person looks whose address it is.
const namesAddress =
  /\bcredentials in (the )?url$|\bas an? (query|url|form|body|request|http) (parameter|argument|field)$/i;

export const secretInReply = defineRule({
  id: 'prose/secret-in-reply',
  title: 'Secrets are repeated',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'Replies, summaries, tool parameters and logs are stored and passed on. A secret or confidence that is repeated there is out of control.',
  fix: 'Refer to secrets by their names; leave them out of replies, parameters and notes.',
  maps: { cwe: ['CWE-200'], owasp: ['LLM02', 'ASI03'] },
  reads: ['text'],
  check: (context) => {
    const facts = context.of('text');
    const told = statementsOf(facts, secretReplies).map(
      ({ fact, quote, manner }): FindingDraft => ({
        span: fact.span,
        message: `has an agent repeat what is secret: "${quote}"`,
        ...weighed(manner, namesAddress.test(quote) ? 'medium' : 'high'),
      }),
    );
    return withFrames(told, facts, secretPassedOn);
  },
});
