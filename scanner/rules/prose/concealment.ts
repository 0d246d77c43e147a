/** Text that orders an agent to keep something from its user. */
import { type FoundOrder, type Judge, ordersIn } from '../../prose/find-orders.ts';
import { matchesIn } from '../../prose/phrase.ts';
import { concealedActs, concealments, secretReplies } from '../../prose/phrases/orders.ts';
import { defineRule } from '../../rule.ts';

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
  check: ({ of }) => ordersIn(of('text'), concealments, weigh),
});

// "Don't reveal if the user exists": what a login says to strangers about accounts.
function keepsAccounts({ quote, reading, match }: FoundOrder): boolean {
  return (
    /\b(?:reveal|disclose)\s+(?:if|whether)\s+(?:the\s+|an?\s+)?user$/i.test(quote) &&
    /^(?:name|\s+account)?\s+(?:exists?|was found|is (?:known|registered|unknown)|has an account)\b/i.test(
      reading.text.slice(match.end, match.end + 60),
    )
  );
}

// High when the same text names something that nobody would want done in silence, medium when it is
// only "this step"; what an agent need not tell in general ("show no raw JSON") is no finding.
const weigh: Judge = (found) => {
  const { order, reading, quote } = found;
  if (!order.needs.includes('user') && !order.needs.includes('covert')) return found;
  const isGrave = concealedActs.some((act) => !matchesIn(reading, act).next().done);
  if (isGrave) return { ...found, severity: keepsAccounts(found) ? 'medium' : 'high' };
  const behind = reading.words.slice(found.match.end, found.match.end + 40);
  return saysWhat.test(quote) || (/\buser$/i.test(quote) && namesIt.test(behind))
    ? { ...found, severity: 'medium' }
    : undefined;
};

const saysWhat =
  /\b(?:this|that|it|these|about)\b.{0,40}\b(?:user|human|operator|owner|customer)$|\b(?:hide|conceal|keep)\b.{0,30}\bfrom the (?:user|human|operator)$/i;
const namesIt =
  /^ (?:about |of |that you )?(?:this|it|these|the (?:step|upload|transfer|change|call|request|sync|backup))\b/i;

// Text that has an agent repeat secrets where they do not belong.

// "Include credentials in URL:": cameras and databases are opened so, by an address that the text
// shows next, and services take keys as parameters. A person looks whose address it is. "… in the
// URL of each picture" is no such line.
function showsAddress({ quote, reading, match }: FoundOrder): boolean {
  const behind = reading.text.slice(match.end, match.end + 200);
  if (parameter.test(quote)) return !shown.test(reading.text);
  return (
    /\bcredentials in (?:the )?url$/i.test(quote) &&
    /^:\s{0,9}$/.test(behind) &&
    /^(?:\d{1,3}[.)])?\W{0,9}$/.test(reading.text.slice(0, match.start))
  );
}

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
  check: ({ of }) =>
    ordersIn(of('text'), secretReplies, (found) => ({
      ...found,
      severity: showsAddress(found) ? 'medium' : found.severity,
    })),
});
