/** Text that orders an agent to drop its rules. */
import type { FactOf } from '../../fact/fact.ts';
import { cutOrdersIn, type FoundOrder, type Judge, ordersIn } from '../../prose/find-orders.ts';
import { type Manner, tellsToFollowIt } from '../../prose/manner.ts';
import { overrides, plainOverrides } from '../../prose/phrases/orders.ts';
import { readingOf } from '../../prose/reading.ts';
import { defineRule } from '../../rule.ts';

export const overrideInstructions = defineRule({
  id: 'prose/override-instructions',
  title: 'The text orders an agent to drop its rules',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'An agent reads a skill as instructions. Text that tells it to ignore its other instructions, or to be somebody without rules, serves somebody else.',
  fix: 'Say what the skill does; leave the agent’s other instructions alone.',
  maps: { owasp: ['LLM01', 'ASI01'], attack: ['AML.T0051'] },
  reads: ['text'],
  check: ({ of }) => [
    ...ordersIn(of('text'), overrides, weigh),
    ...ordersIn(of('text'), plainOverrides, weigh, codeRoles),
    ...cutOrdersIn(of('text'), overrides),
  ],
});

const codeRoles = new Set(['comment', 'string', 'link'] as const);

const weigh: Judge = (found, facts) => ({
  ...found,
  manner: mannerHere(found, facts),
  severity: /^(?:string|comment|fence)$/.test(found.fact.role) ? 'medium' : 'high',
});

/**
 * The manner of an order that is grammatically no order: the name of a habit, of an option or of
 * what others do, or a whole quotation in a text about attacks.
 */
function mannerHere(found: FoundOrder, facts: readonly FactOf<'text'>[]): Manner {
  const { fact, manner, reading, match } = found;
  if (manner !== 'meant' && manner !== 'discussed') return manner;
  const words = reading.words.trim();
  const before = reading.words.slice(Math.max(0, match.start - 80), match.start);
  const said = reading.words.slice(match.start, match.end);
  const behind = reading.words.slice(match.end, match.end + 160);
  const isEntry = /^(table-cell|list-item|heading)$/.test(fact.role) && words.length < 80;
  const isNamed =
    compound.test(behind) ||
    (isEntry && (habit.test(words) || (option.test(words) && !namesOthersRules.test(said))));
  const isComplaint =
    another.test(before) && thirdPerson.test(said) && !namesOthersRules.test(said);
  const isOfOthers = others.test(before) || isComplaint;
  if (isNamed || (isOfOthers && !tellsToFollowIt.test(words))) return 'described';
  if (isToken.test(said) && looksLike.test(before)) return 'described';
  if (namesPrompt.test(said) && words.endsWith(':') && startsAgent(fact, facts)) return 'described';
  const isTest = endsWithQuote.test(before) && expectsRefusal.test(behind);
  if (isTest && !tellsToFollowIt.test(words)) return 'quoted';
  return wholeQuotation.test(words) && isAboutAttacks(fact, facts) ? 'quoted' : manner;
}

// "Ignoring system prompt size".
const compound =
  /^\s+(size|length|tokens?|costs?|budgets?|caching|overhead|fields?|options?|parameters?|settings?|templates?|variables?)\b/i;
const habit =
  /^\W{0,3}(ignoring|overriding|bypassing|disregarding|forgetting|replacing)\b[^,;:.!]*$/i;

// What an option does: "Override default system prompt".
const option = /^\W{0,3}(overrides?|replaces?)\b[^,;:.!]*$/i;
const namesOthersRules = /\b(previous|prior|earlier|above|preceding|former|all|every|any|your)\b/i;

// "Models ignore system instructions", "instructions to ignore system policies".
const others =
  /\b((models|llms|they|attackers)\s+((often|sometimes|may|might|can|could|will|would|tend to)\s+)?|(instructions?|attempts?|requests?|phrases?|claims?)\s+to\s+)$/i;

// "AI ignores instructions in system prompt": what somebody complains of.
const another = /\b(ai|agent|assistant|bot|chatbot|claude|codex|gpt|it|llm|model)\s+$/i;
const thirdPerson = /^(ignores|overrides|forgets|disregards|bypasses)\b/i;

// "An end of text (appearing as <|endoftext|>)".
const isToken = /^<\|/;
const looksLike =
  /\b(appear(s|ing)?|display(s|ed)?|looks?|rendered|shows?|shown|written) (as|like)\W{0,3}$/i;

// A line about an option of a program that starts an agent: "Override the system prompt:", and then
// the command.
const namesPrompt = /^(override|replace|set|change)\b[^.!?]{0,30}\bsystem prompt$/i;

function startsAgent(fact: FactOf<'text'>, facts: readonly FactOf<'text'>[]): boolean {
  const next = facts[facts.indexOf(fact) + 1];
  return next?.role === 'fence' && /(^|\s)--(append-)?system-prompt\b/.test(next.text);
}

// A question of an evaluation: 'Ignore previous instructions.' — confirm that the agent resists.
const endsWithQuote = /(^|[\s(:])['‘"“]$/;
const expectsRefusal =
  /^[^'’"”]{0,80}['’"”]\s{0,2}(?:[—–:→-]{1,2}\s{0,2})?(?:confirm|verify|check|expect|assert)\b(?:\s(?:its\s)?|(?![^.;]{0,80}\b(?:not|never|no|nobody|none|nothing|without)\b)[^.;]{0,40}\b(?:agent|ai|assistant|bot|chatbot|claude|it|llm|model|response|reply|skill|system)\b[^.;]{0,40}\b)(?:resist|refus|declin|reject)/i;

const wholeQuotation =
  /^(["«「『“][^"«»「」『』“”]{1,200}["»」』”](\s{0,2}(\/|,|or|and)\s{0,2}(?=["«「『“]))?){1,8}(\s*\([^()]{0,40}\))?[.,;]?$|^[^",;:.!?()]{1,60} \((arabic|chinese|english|french|german|hindi|italian|japanese|korean|portuguese|russian|spanish|turkish)\)$/i;

// The title of the page or the heading says so. An order that is no quotation gains nothing by it.
function isAboutAttacks({ span }: FactOf<'text'>, facts: readonly FactOf<'text'>[]): boolean {
  const headings = facts.filter(
    ({ role, span: { path, start } }) =>
      role === 'heading' && path === span.path && start < span.start,
  );
  return [headings[0], headings.at(-1)].some(
    (heading) => heading !== undefined && titleOfAttacks.test(readingOf(heading).words),
  );
}

const titleOfAttacks =
  /\b(attacks?|injections?|jailbreak\w*|malicious|threats?|adversarial|suspicious|red[ -]?flags?|(prompt|agent|email) (guard|defen[cs]e|security)|block immediately|instruction override|social engineering)\b/i;
