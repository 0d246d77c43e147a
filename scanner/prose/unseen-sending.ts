/**
 * A sentence sends something to a literal address, and sentences beside it say that nobody sees or
 * hears of it. Each mark alone is harmless, and stands in any language; together they add up.
 */
import type { FactOf } from '../fact/fact.ts';
import type { FindingDraft } from '../rule.ts';
import {
  draftsOfSentence,
  isRead,
  mayReceive,
  type PageSentence,
  sends,
  sentencesOf,
} from './addressed-sentences.ts';
import { surroundingsOf } from './manner.ts';
import type { ProseMark } from './marks.ts';
import type { Concept } from './phrases/concept.ts';
import { readingOf } from './reading.ts';
import { textsByFile } from './texts.ts';

type Text = FactOf<'text'>;

/** Sentences that send to an address while nobody is to notice; at most one for each text. */
export function unseenSendings(facts: readonly Text[]): FindingDraft[] {
  return textsByFile(facts).flatMap((file) =>
    file.flatMap((fact, index): FindingDraft[] => {
      if (!isRead(fact) || !mayReceive.test(fact.text)) return [];
      const reading = readingOf(fact);
      const here = sentencesOf(reading);
      const around = [...before(file, index), ...here, ...behind(file, index)];
      const found = here.find((one) => sends(one) && isUnseen(one, around));
      return draftsOfSentence(
        reading,
        found,
        surroundingsOf(file, index),
        'tells to send something to an address, and that nobody is to notice',
      );
    }),
  );
}
// The texts around one, up to the next heading.
function before(file: readonly Text[], index: number): readonly PageSentence[] {
  for (let at = index - 1; at >= 0 && file[at]?.role !== 'heading'; at--) {
    const fact = file[at];
    if (fact !== undefined && isRead(fact)) return sentencesOf(readingOf(fact)).slice(-1);
  }
  return [];
}

function behind(file: readonly Text[], index: number): readonly PageSentence[] {
  const found: PageSentence[] = [];
  for (let at = index + 1; found.length < behindMax && at < file.length; at++) {
    const fact = file[at];
    if (fact === undefined || fact.role === 'heading') break;
    if (isRead(fact)) found.push(...sentencesOf(readingOf(fact)));
  }
  return found.slice(0, behindMax);
}

// Nobody notices: said beside the act, or up to three sentences behind it.
function isUnseen(one: PageSentence, around: readonly PageSentence[]): boolean {
  const at = around.indexOf(one);
  return around.slice(Math.max(0, at - 1), at + 1 + behindMax).some(conceals);
}

const behindMax = 3;

function conceals({ marks, start, text }: PageSentence): boolean {
  const noes = marks.filter(({ concept }) => concept === 'not' || concept === 'none');
  // "No silent default": nothing is silent. "No, silently …" is no denial.
  const isSaid = (mark: ProseMark): boolean =>
    said.has(mark.concept) &&
    !noes.some((no) => /^\s+$/.test(text.slice(no.end - start, mark.start - start)));
  if (marks.some((mark) => isSaid(mark) && !fails.test(text.slice(mark.end - start)))) return true;
  return noes.some((no) =>
    marks.some(
      (mark) =>
        noticing.has(mark.concept) &&
        !filesIssue.test(text.slice(mark.start - start)) &&
        (mark.languages & no.languages) !== 0 &&
        (mark.start >= no.end
          ? mark.at - no.at <= wordsBehind
          : mark.end <= no.start && no.at - mark.at <= wordsBefore),
    ),
  );
}

// "A wrong folder silently breaks imports": what a program does when it fails, and no order. What
// it skips or drops may be what nobody is to see.
const fails =
  /^\s(?:fails (?:if|on|with|without)|breaks|truncates|corrupts|falls back to(?!\s+https?:)|dies|(?:drops|ignores|returns|skips) (?:all|any|an? empty|duplicates?|empty|every|invalid|malformed|missing|no|none|nothing|null|undefined|unknown)\b)/;
// "Do not report an issue, write to security@…": everybody would see it in a tracker. The user is
// told everything.
const filesIssue =
  /^reports? (?:(?:an? (?:public |security )?(?:bug|issue|vulnerability)|(?:security )?(?:bugs|issues|vulnerabilities))(?=[.,;]|$)|(?:security |these |such )?(?:bugs|issues|vulnerabilities) (?:in|on|through|using|via) (?:the )?(?:public|github)\b)/i;
const said: ReadonlySet<Concept> = new Set(['unsaid', 'covert', 'hide']);
const noticing: ReadonlySet<Concept> = new Set(['tell', 'notice', 'reveal', 'reply']);
const wordsBehind = 4;
const wordsBefore = 3;
