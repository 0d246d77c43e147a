/** Text or settings by which an agent stops asking its user. */
import type { FactOf } from '../../fact/fact.ts';
import { milder } from '../../fact/standing.ts';
import { withFrames } from '../../prose/frames/find-frames.ts';
import { answersForUser } from '../../prose/frames/harm-frames.ts';
import { approvalOrders, approvalSwitches } from '../../prose/lures.ts';
import { type Match, weighed } from '../../prose/manner.ts';
import { matchPhrase, type PhraseMatch } from '../../prose/phrase.ts';
import { approvalPhrases, gravelyUnasked } from '../../prose/phrases/orders.ts';
import { readingOf } from '../../prose/reading.ts';
import { statementsOf } from '../../prose/statements.ts';
import { textsFor } from '../../prose/texts.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const approvalBypass = defineRule({
  id: 'prose/approval-bypass',
  title: 'An agent is told to stop asking',
  kind: 'malice',
  severity: 'medium',
  confidence: 'lexical',
  why: 'The questions an agent asks are the last gate between a skill and the machine.',
  fix: 'Leave the questions on; say in the text which steps need an answer.',
  maps: { owasp: ['LLM06', 'ASI09'] },
  reads: ['text'],
  check: (context) => {
    const facts = context.of('text');
    return withFrames([...switchesIn(facts), ...ordersIn(facts)], facts, answersForUser);
  },
});

const forms = [...approvalOrders, ...approvalPhrases];

// A switch counts where it is run; in a sentence it is spoken of.
function switchesIn(facts: readonly FactOf<'text'>[]): FindingDraft[] {
  return textsFor(facts, approvalSwitches).flatMap(({ fact }): FindingDraft[] => {
    const [quote] = approvalSwitches.exec(readingOf(fact).words) ?? [];
    if (quote === undefined || fact.role === 'comment' || fact.role === 'inline-code') return [];
    const isOrdered = /^(prose|list-item)$/.test(fact.role) && isOrderedIn(fact.text);
    const isRun =
      isOrdered ||
      fact.role === 'fence' ||
      fact.role === 'string' ||
      fact.role === 'front-matter' ||
      fact.role === 'hidden';
    const severity = isRun && !asksOnRequest.test(quote) ? milder('medium', fact) : 'low';
    const isShown = severity === 'low' || fact.context === 'fence-doc';
    return [
      {
        span: fact.span,
        kind: isShown ? 'capability' : 'malice',
        severity: isShown ? 'low' : severity,
        message: `stops an agent from asking: "${quote.slice(0, 100)}"`,
      },
    ];
  });
}

// The sentence of the switch is the order, and not one before it.
function isOrderedIn(text: string): boolean {
  const at = approvalSwitches.exec(text)?.index ?? 0;
  const before = text.slice(Math.max(0, at - 160), at);
  const sentence = before.slice(
    Math.max(...['. ', '! ', '? ', ': ', '\n'].map((end) => before.lastIndexOf(end))) + 1,
  );
  return orders.test(sentence.trimStart());
}

const orders = /^\W{0,4}(start|run|launch|use|add|pass|enable|set|call)\b(?! with (caution|care))/i;

// Codex keeps its sandbox with this switch, and asks before it leaves the sandbox.
const asksOnRequest = /^--full-auto$/i;

function ordersIn(facts: readonly FactOf<'text'>[]): FindingDraft[] {
  return statementsOf(facts, forms).map(({ fact, quote, manner, reading, match }) => {
    const isForbidden = forbids.test(
      reading.words.slice(Math.max(0, match.start - 60), match.start),
    );
    const isGrave =
      !isForbidden && gravelyUnasked.some((act) => isNear(matchPhrase(reading, act), match));
    const weight = isGrave
      ? weighed(manner, 'medium')
      : ({ kind: 'capability', severity: isForbidden ? 'info' : 'low' } as const);
    return { span: fact.span, message: `tells an agent not to ask: "${quote}"`, ...weight };
  });
}

function isNear(act: PhraseMatch | undefined, { start, end }: Match): boolean {
  return (
    act !== undefined && !act.negated && act.end > start - nearChars && act.start < end + nearChars
  );
}

const nearChars = 120;

// "Never delete … without approval" asks for it.
const forbids =
  /\b(never|not|don't|no|nothing|cannot|avoid|forbidden|prohibited)\b[^.!?]{0,50}$|[❌🚫⛔]/iu;
