/** Text that has an agent repeat secrets where they do not belong. */

import { secretReplies } from '../../models/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { statementsOf } from '../../prose/statements.ts';
import { type Draft, defineRule } from '../../rule.ts';

export const secretInReply = defineRule({
  id: 'prose/secret-in-reply',
  title: 'Repeats secrets',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'Replies, summaries, parameters of tools and logs are stored and sent on. A secret or what a user confided that is repeated there is out of everybody’s hands.',
  fix: 'Refer to secrets by their names; leave them out of replies, parameters and notes.',
  maps: { cwe: ['CWE-200'], owasp: ['LLM02', 'ASI03'] },
  reads: ['text'],
  check: (context) =>
    statementsOf(context.of('text'), secretReplies).map(
      ({ fact, said, manner }): Draft => ({
        span: fact.span,
        message: `has an agent repeat what is secret: "${said}"`,
        ...weighed(manner, 'high'),
      }),
    ),
});
