/** Text that orders an agent to keep something from its user. */
import { withFrames } from '../../prose/frames/find-frames.ts';
import { tracesRemoved } from '../../prose/frames/harm-frames.ts';
import { secretEntries } from '../../prose/frames/order-frames.ts';
import { secretPassedOn } from '../../prose/frames/secret-frames.ts';
import { concealments, secretReplies } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { matchPhrase } from '../../prose/phrase.ts';
import { concealedActs, concealmentPhrases } from '../../prose/phrases/orders.ts';
import { type ProseStatement, statementsOf } from '../../prose/statements.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const concealment = defineRule({
  id: 'prose/concealment',
  title: 'The user is kept from knowing something',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'An agent works for its user. A text that has it read, send or change something and say nothing about it works against the user.',
  fix: 'Tell the user what is done. Leave out only noise, and say that it is noise.',
  maps: { owasp: ['ASI09', 'LLM01'], attack: ['AML.T0051'] },
  reads: ['text'],
  check: (context) => {
    const facts = context.of('text');
    const told = statementsOf(facts, forms).flatMap(draftsOf);
    return withFrames(told, facts, secretActs);
  },
});

const forms = [...concealments, ...concealmentPhrases];

const secretActs = [...tracesRemoved, ...secretEntries];

// "Don't reveal if the user exists": what a login says to strangers about accounts.
function keepsAccounts({ quote, reading, match }: ProseStatement): boolean {
  return (
    /\b(?:reveal|disclose)\s+(?:if|whether)\s+(?:the\s+|an?\s+)?user$/i.test(quote) &&
    /^(?:name|\s+account)?\s+(?:exists?|was found|is (?:known|registered|unknown)|has an account)\b/i.test(
      reading.text.slice(match.end, match.end + 60),
    )
  );
}

// High when the same text names something that nobody would want done in silence, medium when it is
// only "this step"; what an agent need not tell in general ("show no raw JSON") is no finding.
function draftsOf(statement: ProseStatement): FindingDraft[] {
  const { fact, quote, manner, reading, form } = statement;
  const isGrave = concealedActs.some((act) => matchPhrase(reading, act) !== undefined);
  if (!isGrave && !(form instanceof RegExp)) return [];
  return [
    {
      span: fact.span,
      message: `has an agent keep something from its user: "${quote}"`,
      ...weighed(manner, isGrave && !keepsAccounts(statement) ? 'high' : 'medium'),
    },
  ];
}

// Text that has an agent repeat secrets where they do not belong.

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
