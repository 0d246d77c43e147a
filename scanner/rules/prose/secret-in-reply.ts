/** Text that has an agent repeat secrets where they do not belong. */

import { withFrames } from '../../prose/frames/find-frames.ts';
import { secretPassedOn } from '../../prose/frames/secret-frames.ts';
import { secretReplies } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { type ProseStatement, statementsOf } from '../../prose/statements.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

// "Include credentials in URL:": cameras and databases are opened so, by an address that the text
// shows next, and services take keys as parameters. A person looks whose address it is. "… in the
// URL of each picture" is no such line.
function showsAddress({ quote, reading, match }: ProseStatement): boolean {
  const behind = reading.text.slice(match.end, match.end + 200);
  if (parameter.test(quote)) return !shown.test(reading.text);
  // The subject is an address: “signed URLs that include temporary access tokens in the URL”.
  if (ofAddresses.test(reading.text.slice(0, match.start))) return true;
  return (
    /\bcredentials in (?:the )?url$/i.test(quote) &&
    /^:\s{0,9}$/.test(behind) &&
    /^(?:\d{1,3}[.)])?\W{0,9}$/.test(reading.text.slice(0, match.start))
  );
}

const ofAddresses = /\b(?:pre-?)?signed urls? (?:that|which)\s+$/i;
const parameter = /\bas an? (?:query|url|form|body|request|http) (?:parameter|argument|field)$/i;
// What an agent shows loads of itself in many programs.
const shown =
  /\b(?:images?|pictures?|pixels?|badges?|links?|markdown|answers?|repl(?:y|ies)|messages?|each|every)\b/i;

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
      (statement): FindingDraft => ({
        span: statement.fact.span,
        message: `has an agent repeat what is secret: "${statement.quote}"`,
        ...weighed(statement.manner, showsAddress(statement) ? 'medium' : 'high'),
      }),
    );
    return withFrames(told, facts, secretPassedOn);
  },
});
