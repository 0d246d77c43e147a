/** Finds frames in a skill's texts, each with its manner. */

import type { Severity } from '../../../skills-index/statement/finding.ts';
import type { FactOf } from '../../fact/fact.ts';
import { remembered } from '../../fact/remembered.ts';
import { atMost } from '../../fact/standing.ts';
import type { FindingDraft } from '../../rule.ts';
import { type Hints, mayHold, unionOf } from '../hints.ts';
import { tellsOfAuthentication } from '../lures.ts';
import { weighed } from '../manner.ts';
import { type FilledPhrase, hasAll, matchesIn, needsOf, type Phrase } from '../phrase.ts';
import type { Concept } from '../phrases/concept.ts';
import type { ProseReading } from '../reading.ts';
import { textsByFile } from '../texts.ts';
import {
  belongingsToStranger,
  ordersAssembled,
  othersObeyed,
  programsStarted,
  silentReceivers,
} from './act-frames.ts';
import type { ProseFrame } from './frame.ts';
import { mannerOfFrame } from './frame-manner.ts';
import { pagesContinued, partnersPlanted, secretsInSamples, tracesRemoved } from './harm-frames.ts';
import {
  boundlessRoles,
  claimsOfAuthority,
  decodedOrders,
  droppedMorals,
  foreignOrders,
  plantedCode,
  secretEntries,
  strangersObeyed,
} from './order-frames.ts';
import { namesData, type Passage, type PassageUnit, passagesWith } from './passages.ts';
import { secretPassedOn, secretToStranger } from './secret-frames.ts';
import {
  deletedUnseen,
  moneyDiverted,
  ordersOfOthers,
  shadedDeletions,
  shadedOrders,
  shadedPayments,
  shadedRequests,
  shadedSendings,
} from './shaded-frames.ts';

// Frames of texts that plant themselves where nobody asked for them.

export const selfPlanted: readonly ProseFrame[] = [
  {
    says: 'plant this text in other projects',
    steps: [{ needs: ['planted', 'itself', 'elsewhere', 'memory-file'], within: 28, sentences: 2 }],
    severity: 'medium',
  },
  {
    says: 'plant this text in memories',
    steps: [{ needs: ['planted', 'itself', 'memory-file'], within: 22 }],
    severity: 'medium',
    onlyWith: ['unasked', 'presumed', 'unsaid', 'withheld', 'needless', 'unseen'],
  },
  {
    says: 'plant a hook into every repository',
    steps: [{ needs: ['planted', 'git-template'], within: 14 }],
    severity: 'medium',
    onlyWith: ['elsewhere', 'itself', 'unasked', 'presumed', 'unsaid', 'withheld', 'needless'],
  },
  {
    says: 'have an agent started with a text from an address',
    steps: [{ needs: ['schedule', 'starter', 'url'], within: 44, sentences: 2 }],
    anchor: ['schedule'],
    severity: 'medium',
  },
  {
    says: 'plant text that nobody sees',
    steps: [{ needs: ['planted', 'unseen'], within: 14 }],
    severity: 'medium',
    ambiguous: true,
  },
];

// Frames of credentials that are asked for, and of receivers whom a page fixes beforehand.

const strangers: readonly Concept[] = ['url', 'url-slot', 'mail', 'host', 'outside'];

/** A credential that the user is asked for, and somebody else gets. */
export const credentialsPassedOn: readonly ProseFrame[] = [
  {
    says: 'ask for a credential and pass it on',
    steps: [
      { needs: ['solicit', 'credential'], within: 14 },
      { needs: ['conveyed', strangers], within: 14 },
    ],
    apart: 2,
    severity: 'medium',
  },
  {
    says: 'write a credential where others read it',
    steps: [
      {
        needs: ['conveyed', ['shared-place', 'url-slot'], 'credential'],
        within: 16,
      },
    ],
    severity: 'medium',
  },
];

/** Copies of the user’s work for an address that is part of the page. */
export const fixedReceivers: readonly ProseFrame[] = [
  {
    says: 'send results to a fixed mailbox',
    steps: [{ needs: ['goes', 'mail'], within: 14 }],
    severity: 'medium',
    onlyWith: ['copy', 'routine', 'unasked', 'presumed', 'unsaid', 'withheld', 'needless'],
  },
  {
    says: 'send a copy to a fixed address',
    steps: [{ needs: ['goes', 'copy', ['url', 'host', 'url-slot']], within: 16 }],
    anchor: ['copy'],
    severity: 'medium',
  },
  {
    says: 'send results to a fixed address as a matter of course',
    steps: [{ needs: ['goes', ['url', 'host', 'url-slot']], within: 10 }],
    severity: 'medium',
    ambiguous: true,
    onlyWith: ['routine', 'unasked', 'presumed', 'unsaid', 'withheld', 'needless'],
  },
];

// All frames, so that one pass over the texts finds them.

export const allFrames: readonly ProseFrame[] = [
  ...secretToStranger,
  ...secretPassedOn,
  ...foreignOrders,
  ...strangersObeyed,
  ...claimsOfAuthority,
  ...boundlessRoles,
  ...droppedMorals,
  ...plantedCode,
  ...secretEntries,
  ...decodedOrders,
  ...othersObeyed,
  ...programsStarted,
  ...belongingsToStranger,
  ...silentReceivers,
  ...ordersAssembled,
  ...ordersOfOthers,
  ...credentialsPassedOn,
  ...fixedReceivers,
  ...selfPlanted,
  ...moneyDiverted,
  ...deletedUnseen,
  ...pagesContinued,
  ...partnersPlanted,
  ...secretsInSamples,
  ...tracesRemoved,
  ...shadedSendings,
  ...shadedOrders,
  ...shadedDeletions,
  ...shadedPayments,
  ...shadedRequests,
];

type Text = FactOf<'text'>;

/** The worst draft for each text in which one of the frames begins; refused ones give none. */
export function framesIn(facts: readonly Text[], frames: readonly ProseFrame[]): FindingDraft[] {
  const worst = new Map<Text, FindingDraft>();
  for (const { frame, fact, draft } of textsByFile(facts).flatMap(matchesOf)) {
    if (!frames.includes(frame)) continue;
    if (fact.role === 'string' && !namesData(facts, fact.span.path)) continue;
    const known = worst.get(fact);
    if (known === undefined || isWorse(draft, known)) worst.set(fact, draft);
  }
  return [...worst.values()];
}

/** As `framesIn`, without the texts for which there is a draft that weighs as much. */
export function withFrames(
  drafts: readonly FindingDraft[],
  facts: readonly Text[],
  frames: readonly ProseFrame[],
): FindingDraft[] {
  const found = framesIn(facts, frames);
  const isKnown = (draft: FindingDraft): boolean =>
    drafts.some((known) => known.span === draft.span && !isWorse(draft, known));
  const more = found.filter((draft) => !isKnown(draft));
  const kept = drafts.filter((draft) => !more.some(({ span }) => span === draft.span));
  return [...kept, ...more];
}

// All rules that ask for frames share one pass over the texts of a file.
const matchesOf = remembered((facts: readonly Text[]): readonly FrameMatch[] =>
  loneOnesLowered(
    passagesWith(facts, anchors, framesThatMayBeIn).flatMap((passage) =>
      passage.wanted.flatMap((frame) => bestMatch(facts, passage, frame) ?? []),
    ),
  ),
);

// An ambiguous frame without another frame near it is reported, and decides nothing.
function loneOnesLowered(matches: readonly FrameMatch[]): readonly FrameMatch[] {
  const said = saidInBlocks(matches);
  return matches.map((match) =>
    match.frame.ambiguous === true && !isNear(said, match.fact, match.frame.says)
      ? { ...match, draft: { ...match.draft, ...weighed('described', 'low') } }
      : match,
  );
}

// What frames say, by blocks of the file. Blocks keep the time linear in the number of frames.
function saidInBlocks(matches: readonly FrameMatch[]): ReadonlyMap<number, ReadonlySet<string>> {
  const said = new Map<number, Set<string>>();
  for (const { draft, fact, frame } of matches) {
    if (draft.kind !== 'malice') continue;
    const inBlock = said.get(blockOf(fact)) ?? new Set();
    said.set(blockOf(fact), inBlock.add(frame.says));
  }
  return said;
}

function isNear(
  said: ReadonlyMap<number, ReadonlySet<string>>,
  fact: Text,
  besides: string,
): boolean {
  const block = blockOf(fact);
  return [block - 1, block, block + 1].some((at) =>
    said
      .get(at)
      ?.values()
      .some((says) => says !== besides),
  );
}

function blockOf({ span }: Text): number {
  return Math.floor(span.start / blockChars);
}

const blockChars = 1_000;

// Each list of concepts is one phrase.
const oneOf = remembered(
  (concepts: readonly Concept[]): Phrase => ({ needs: [concepts], within: 1 }),
);

// The last need of a frame's first step names its object, mostly the rarest of its words.
const anchors: Hints = unionOf(
  allFrames.flatMap(({ steps: [first], anchor }) =>
    anchor !== undefined
      ? needsOf(oneOf(anchor))
      : first === undefined
        ? []
        : needsOf(first).slice(-1),
  ),
);

// The words of a step stand in one text, or in the cells of one row. Possible subjects are compared
// before any word is looked up.
function framesThatMayBeIn(units: readonly PassageUnit[]): readonly ProseFrame[] {
  const mayBe = (may: (unit: PassageUnit, step: Phrase) => boolean) => {
    return ({ steps, together }: ProseFrame): boolean =>
      steps.every(
        (step) =>
          // A step of several sentences may reach over the texts of a passage.
          ((step.sentences ?? 1) > 1 && together !== true) || units.some((unit) => may(unit, step)),
      );
  };
  const together = unionOf(units.map(({ hints }) => hints));
  return allFrames
    .filter(
      ({ steps, onlyWith }) =>
        steps.every((step) => mayHold(together, needsOf(step))) &&
        (onlyWith === undefined || mayHold(together, needsOf(oneOf(onlyWith)))),
    )
    .filter(mayBe(mayHave))
    .filter(mayBe(mayFill));
}

function mayHave({ hints }: PassageUnit, step: Phrase): boolean {
  return mayHold(hints, needsOf(step));
}

function mayFill(unit: PassageUnit, step: Phrase): boolean {
  if (!mayHave(unit, step)) return false;
  const isOfOneSentence = (step.sentences ?? 1) === 1;
  return (
    unit.readings?.some((reading) =>
      isOfOneSentence ? !matchesIn(reading, step).next().done : hasAll(reading.concepts, step),
    ) ?? true
  );
}

interface FrameMatch {
  readonly frame: ProseFrame;
  readonly fact: Text;
  readonly draft: FindingDraft;
}

// The worst of the matches in a passage.
function bestMatch(
  facts: readonly Text[],
  passage: Passage,
  frame: ProseFrame,
): FrameMatch | undefined {
  let best: FrameMatch | undefined;
  let tried = 0;
  for (const steps of chainsOf(passage.reading, frame)) {
    if (++tried > chainsMax) break;
    const match = judge(facts, passage, frame, steps);
    if (match !== undefined && (best === undefined || isWorse(match.draft, best.draft)))
      best = match;
    if (best?.draft.kind === 'malice') break;
  }
  return best;
}

const chainsMax = 40;

// Each first step with the nearest next steps.
function* chainsOf(reading: ProseReading, frame: ProseFrame): Generator<FilledPhrase[]> {
  const [first, ...rest] = frame.steps.map((step) => [...matchesIn(reading, step)]);
  for (const start of first ?? []) {
    const chain = [start];
    for (const matches of rest) {
      const last = chain.at(-1) ?? start;
      const next = matches.find((match) => follows(last, match, frame.apart ?? 2));
      if (next === undefined) break;
      chain.push(next);
    }
    if (chain.length === frame.steps.length) yield chain;
  }
}

function follows(last: FilledPhrase, next: FilledPhrase, apart: number): boolean {
  const [verb] = next.marks;
  const [before] = last.marks;
  if (verb === undefined || before === undefined || verb === before) return false;
  const sentence = Math.max(...last.marks.map((mark) => mark.sentence));
  return verb.start >= before.end && verb.sentence >= sentence && verb.sentence - sentence <= apart;
}

function judge(
  facts: readonly Text[],
  passage: Passage,
  frame: ProseFrame,
  steps: readonly FilledPhrase[],
): FrameMatch | undefined {
  const { reading, parts } = passage;
  const start = Math.min(...steps.map((step) => step.start));
  const end = Math.max(...steps.map((step) => step.end));
  const part = parts.find(({ from, to }) => start >= from && start < to) ?? parts[0];
  if (part === undefined || (frame.together === true && end > part.to)) return undefined;
  // A data file may give a role to another model.
  if (part.fact.role === 'string' && frame.together === true) return undefined;
  if (frame.imperative === true && !beginsClause(reading, steps)) return undefined;
  const manner = mannerOfFrame(facts, passage, steps);
  if (manner === 'refused') return undefined;
  const around = textAround(reading, start, end);
  if (frame.consent === true && asksFirst(reading, start, end)) return undefined;
  if (frame.near !== undefined && !frame.near.test(around.text)) return undefined;
  if (frame.onlyWith !== undefined && !hasNear(around, oneOf(frame.onlyWith))) return undefined;
  const isHidden = hides(around);
  if (frame.onlyHidden === true && !isHidden) return undefined;
  const isHonest = frame.authentication === true && tellsOfAuthentication.test(around.text);
  const usual: Severity = isHidden ? (frame.hidden ?? frame.severity) : frame.severity;
  const quote = reading.text.slice(start, end).trim().slice(0, quoteCharsMax);
  return {
    frame,
    fact: part.fact,
    draft: {
      span: part.fact.span,
      message: `tells an agent to ${frame.says}${isHidden ? ' without the user’s knowledge' : ''}: "${quote}"`,
      ...(isHonest
        ? ({ kind: 'capability', severity: 'low' } as const)
        : weighed(manner, part.fact.role === 'fence' ? atMost(usual, 'medium') : usual)),
    },
  };
}

const quoteCharsMax = 140;

function beginsClause({ text }: ProseReading, steps: readonly FilledPhrase[]): boolean {
  const verb = steps.at(-1)?.marks[0]?.start ?? 0;
  return clauseStart.test(text.slice(Math.max(0, verb - clauseChars), verb));
}

const clauseChars = 30;
const clauseStart =
  /(?:^|[.!?:;|,>–—-]\s*|\b(?:and|then|now|must|always|please|also|first|immediately|silently|und|et|puis|y|luego|e|depois|и|затем)\s+|[。！？、，])["'`*([]{0,3}$/i;
const aroundChars = 300;

interface Around {
  readonly text: string;
  readonly reading: ProseReading;
  readonly from: number;
  readonly to: number;
}

function textAround(reading: ProseReading, start: number, end: number): Around {
  const from = Math.max(0, start - aroundChars);
  const to = end + aroundChars;
  return { text: reading.words.slice(from, to), reading, from, to };
}

const hiding: readonly Phrase[] = [
  { needs: ['silent'], within: 1 },
  { needs: ['covert'], within: 1 },
  { needs: ['tell', 'not'], within: 3 },
  { needs: ['hide', 'user'], within: 7 },
];

function hides(around: Around): boolean {
  return hiding.some((phrase) => hasNear(around, phrase));
}

function hasNear({ reading, from, to }: Around, phrase: Phrase): boolean {
  for (const match of matchesIn(reading, phrase))
    if (!match.negated && match.start >= from && match.end <= to) return true;
  return false;
}

const asking: readonly Phrase[] = [
  { needs: ['ask', 'user'], within: 8, unless: ['not', 'without', 'skip'] },
  { needs: ['approval'], within: 1, unless: ['not', 'without', 'skip'] },
];

function asksFirst(reading: ProseReading, start: number, end: number): boolean {
  return asking.some((phrase) => {
    for (const match of matchesIn(reading, phrase))
      if (!match.negated && match.start >= start - aroundChars && match.end <= end + aroundChars)
        return true;
    return false;
  });
}

function isWorse(one: FindingDraft, other: FindingDraft): boolean {
  return rank(one) > rank(other);
}

function rank({ kind, severity }: FindingDraft): number {
  const order = ['info', 'low', 'medium', 'high', 'critical'];
  return (kind === 'malice' ? 10 : 0) + order.indexOf(severity ?? 'info');
}
