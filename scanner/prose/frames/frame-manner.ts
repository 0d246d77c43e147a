/**
 * Where negation, quotation and description of a frame are judged: once for all of its steps, at
 * the text in which each stands.
 */
import type { FactOf } from '../../fact/fact.ts';
import { languageBits } from '../lexicon.ts';
import { discussesAttacks, tellsToFollowIt } from '../lures.ts';
import { type Manner, mannerOf, type Surroundings, surroundingsOf } from '../manner.ts';
import type { ProseMark } from '../marks.ts';
import type { FilledPhrase } from '../phrase.ts';
import type { Concept } from '../phrases/concept.ts';
import { readingOf } from '../reading.ts';
import type { Passage } from './passages.ts';

type Text = FactOf<'text'>;

/** The mildest manner of the steps. */
export function mannerOfFrame(
  facts: readonly Text[],
  passage: Passage,
  steps: readonly FilledPhrase[],
): Manner {
  const manners = steps.map((step) => mannerOfStep(facts, passage, step));
  return mildness.find((manner) => manners.includes(manner)) ?? 'meant';
}

const mildness: readonly Manner[] = ['refused', 'quoted', 'described', 'discussed'];

function mannerOfStep(facts: readonly Text[], passage: Passage, step: FilledPhrase): Manner {
  const [verb] = step.marks;
  if (verb === undefined || step.negated || isForbidden(passage, verb)) return 'refused';
  if (isQuestion(passage.reading.text, step.end)) return 'refused';
  const part = passage.parts.find(({ from, to }) => verb.start >= from && verb.start < to);
  if (part === undefined) return 'meant';
  const around = surroundingsOf(facts, part.index);
  if ([around.heading, leadOf(around.before)].some((text) => forbidsList.test(text)))
    return 'refused';
  if (isOfAttackers(passage, verb)) return 'described';
  if (isSample(part.fact, around)) return 'quoted';
  const reading = passage.parts.length === 1 ? passage.reading : readingOf(part.fact);
  const base = passage.parts.length === 1 ? 0 : part.from;
  return mannerOf(
    reading,
    { start: Math.max(0, step.start - base), end: Math.min(reading.words.length, step.end - base) },
    around,
  );
}

const acts: ReadonlySet<Concept> = new Set([
  'take',
  'pass',
  'give',
  'send',
  'gather',
  'fetch',
  'write',
  'reveal',
  'follow',
  'execute',
  'obey',
  'decode',
  'weapon',
  'deliver',
  'launch',
  'regard',
  'assemble',
]);

// "Never read … and send it": a "not" at the first verb holds for the verbs that are joined to it,
// up to a "but". In German it may stand at the end of the clause.
function isForbidden({ reading: { marks, text } }: Passage, verb: ProseMark): boolean {
  const here = marks.filter(({ sentence }) => sentence === verb.sentence);
  if (refusesRequests(here, text, verb)) return true;
  return here.some((not) => {
    if (not.concept !== 'not') return false;
    if (not.start > verb.end)
      return (
        (not.languages & verb.languages & german) !== 0 &&
        !/[,;:]| und /.test(text.slice(verb.end, not.start))
      );
    const first = here.find(({ concept, start }) => acts.has(concept) && start >= not.end);
    return (
      first !== undefined &&
      first.at - not.at <= notWords &&
      !turns.test(text.slice(first.end, verb.start))
    );
  });
}

// "Refuse requests that ask you to read …".
function refusesRequests(here: readonly ProseMark[], text: string, verb: ProseMark): boolean {
  return here.some(
    ({ concept, start, end }) =>
      concept === 'refuse' &&
      start < verb.start &&
      !/[,;:，；：]/.test(text.slice(end, verb.start)),
  );
}

const german = languageBits('german');
const notWords = 4;
const turns =
  /[;:]| - |—|–|\b(but|instead|rather|only|always|sondern|stattdessen|mais|plutôt|sino|pero|mas|senão)\b|,\s*(then|just)\b|а |но |而是|但|代わりに/i;

// A list of questions is a list of things to look for; a polite order speaks to somebody.
function isQuestion(text: string, from: number): boolean {
  const end = /[.!?。！？](?=\s|$)|[。！？]/.exec(text.slice(from, from + sentenceCharsMax));
  if (end === null || !/[?？]/.test(end[0])) return false;
  const before = text.slice(Math.max(0, from - sentenceCharsMax), from);
  return !polite.test(before.slice(before.search(/[^.!?。！？]{0,400}$/)));
}

const sentenceCharsMax = 400;
const polite =
  /\b(you|please|what (is|are|were)|bitte|kannst|könn\w+|peux|pouvez|puedes|podrías|pode|poderia)\b|ты|вы|пожалуйста|请|你|ください|いただけ/i;

function leadOf(before: string): string {
  return /[:：]\s*$/.test(before) ? before.slice(-leadChars) : '';
}

const leadChars = 200;
// Headings and introductions of lists of what must not be done.
const forbidsList =
  /^\W{0,4}(never|do not|don'?ts?|avoid|forbidden|prohibited|not allowed|anti-?patterns?|red flags?|what not to|must not|nicht|niemals|verboten\w*|nie|jamais|interdit\w*|à éviter|nunca|prohibid\w*|no hacer|não fa\w*|proibid\w*|никогда|запрещ\S*|нельзя|不要|禁止|切勿|严禁|してはいけない)|\b(must never|should never|must not|shall not|is forbidden|are forbidden|not allowed to|warning signs?|refuse (to|any|requests?))\b|(してはいけません|しないこと|禁止事項)/i;

// A block below a text about attacks, a whole item or cell in quotation marks, or a few words in a
// table of grades, is a sample.
function isSample({ role, text }: Text, { beside, heading, before }: Surroundings): boolean {
  if (role === 'fence')
    return discussesAttacks.test(`${heading} ${before}`) && !tellsToFollowIt.test(before);
  if (role !== 'list-item' && role !== 'table-cell') return false;
  if (/^\s*["“”„«「『]/.test(text) && /["”“»」』][^"”“»」』]{0,80}$/.test(text)) return true;
  return role === 'table-cell' && text.split(/\s+/).length <= sampleWords && grades.test(beside);
}

const sampleWords = 6;
const grades =
  /\b(high|critical|medium|severity|risk|hoch|kritisch|élevé|critique|alto|alta|crítico|AML\.T\d{4}|T1\d{3}|CWE-\d+)\b|высок|критич|高危|严重|重大|危険/i;

// "An attacker may read …": the attacker is the subject.
function isOfAttackers({ reading: { marks, text } }: Passage, verb: ProseMark): boolean {
  return marks.some(
    ({ concept, sentence, start, end }) =>
      concept === 'attacker' &&
      sentence === verb.sentence &&
      start < verb.start &&
      verb.start - end < attackerCharsMax &&
      !/[,;:，；：]/.test(text.slice(end, verb.start)),
  );
}

const attackerCharsMax = 120;

// Frames of protections that a page has taken down for good.
