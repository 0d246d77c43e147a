/**
 * A sentence sends something to a literal address, and sentences beside it say that nobody sees or
 * hears of it. Each mark alone is harmless, and stands in any language; together they add up.
 */
import type { FactOf } from '../../fact/fact.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { isKnownProvider } from '../../lookup-tables/secrets.ts';
import { type Manner, mannerOf, surroundingsOf } from '../manner.ts';
import type { ProseMark } from '../marks.ts';
import type { Concept } from '../phrases/concept.ts';
import { type ProseReading, readingOf } from '../reading.ts';
import { isText } from '../statements.ts';
import { textsByFile } from '../texts.ts';

type Text = FactOf<'text'>;

export interface UnseenSending {
  readonly fact: Text;
  readonly quote: string;
  readonly manner: Manner;
}

/** Sentences that send to an address while nobody is to notice; at most one for each text. */
export function unseenSendings(facts: readonly Text[]): UnseenSending[] {
  return textsByFile(facts).flatMap((file) =>
    file.flatMap((fact, index): UnseenSending[] => {
      if (!isRead(fact) || !mayReceive.test(fact.text)) return [];
      const reading = readingOf(fact);
      const here = sentencesOf(reading);
      const around = [...before(file, index), ...here, ...behind(file, index)];
      const found = here.find((one) => sends(one) && isUnseen(one, around));
      if (found === undefined) return [];
      const { start, end, text } = found;
      const manner = mannerOf(reading, { start, end }, surroundingsOf(file, index));
      return manner === 'refused' ? [] : [{ fact, quote: text.slice(0, quoteCharsMax), manner }];
    }),
  );
}

const quoteCharsMax = 140;
const roles: ReadonlySet<Text['role']> = new Set([
  'prose',
  'list-item',
  'table-cell',
  'hidden',
  'html',
]);

function isRead(fact: Text): boolean {
  return roles.has(fact.role) && isText(fact) && page.test(fact.span.inner ?? fact.span.path);
}

// Schemas and rules of other programs are full of addresses that name things.
const page = /\.(?:md|mdx|mdc|markdown|rst|txt|adoc|org)$/i;

// The texts around one, up to the next heading.
function before(file: readonly Text[], index: number): readonly Sentence[] {
  for (let at = index - 1; at >= 0 && file[at]?.role !== 'heading'; at--) {
    const fact = file[at];
    if (fact !== undefined && isRead(fact)) return sentencesOf(readingOf(fact)).slice(-1);
  }
  return [];
}

function behind(file: readonly Text[], index: number): readonly Sentence[] {
  const found: Sentence[] = [];
  for (let at = index + 1; found.length < behindMax && at < file.length; at++) {
    const fact = file[at];
    if (fact === undefined || fact.role === 'heading') break;
    if (isRead(fact)) found.push(...sentencesOf(readingOf(fact)));
  }
  return found.slice(0, behindMax);
}

interface Sentence {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly marks: readonly ProseMark[];
}

function sentencesOf({ text, marks }: ProseReading): readonly Sentence[] {
  const found: Sentence[] = [];
  let start = 0;
  let next = 0;
  for (const end of [...text.matchAll(sentenceEnd).map(({ index }) => index + 1), text.length]) {
    const from = next;
    while ((marks[next]?.start ?? end) < end) next++;
    if (end > start)
      found.push({ text: text.slice(start, end), start, end, marks: marks.slice(from, next) });
    start = end;
  }
  return found;
}

const sentenceEnd = /[.!?](?=[\s"'`)*]|$)|[。！？\n]/g;

const mayReceive = /:\/\/|@/;
const receivers =
  /\b(?:https?|wss?|ftps?|sftp|s3|gs|ssh|mqtts?|tcp|udp):\/\/[^\s)>"'`\]（）、，]{3,200}|(?<![\w.+-])[\w.+-]{2,60}@[\w-]{2,60}(?:\.[\w-]{2,30}){1,5}(?::[\w./-]{1,80})?/gi;
// Nobody reads such an address, or it has a place for data.
const takesOnly =
  /^(?:s3|gs|ftps?|sftp|ssh|mqtts?):|^git@|[?&][\w-]{1,40}=(?:[{<[$]|[A-Z_]{3,40}$)/i;
const verbs = /\b(?:POST|PUT|PATCH|curl|webhook)\b/;

// Somebody's own address, and an act that is not denied.
function sends({ text, start, marks }: Sentence): boolean {
  const addresses = [...text.matchAll(receivers)]
    .filter(({ 0: address, index }) => isOfStranger(address) && !visits.test(leadTo(text, index)))
    .map(([address]) => address);
  if (addresses.length === 0) return false;
  const urls = addresses.filter((one) => one.includes('://')).map((one) => text.indexOf(one));
  const isAct = ({ concept, end }: ProseMark): boolean =>
    acts.has(concept) || (puts.has(concept) && urls.some((at) => isNear(text, end - start, at)));
  const meant = marks.filter((mark) => isAct(mark) && !isDenied(mark, marks));
  if (meant.length > 0) return true;
  if (marks.some(isAct)) return false;
  return (
    verbs.test(text) ||
    addresses.some((address) => takesOnly.test(address) || isTarget(text, address))
  );
}

// "writes files under `out`; may contact https://": what is written far from an address, and not
// to the address, is written elsewhere.
function isNear(text: string, from: number, to: number): boolean {
  const between = text.slice(Math.min(from, to), Math.max(from, to));
  return (
    between.split(/\s+/).length <= wordsToAddress ||
    !/[;,]/.test(between) ||
    (to > from && places.test(between))
  );
}

const wordsToAddress = 12;
const places =
  /(?<!\p{L})(?:at|for|in|into|on|onto|through|to|under|via|with)[^\p{L}\p{N}]{0,3}$/iu;

// "… to https://": a verb that no table has, with a direction.
function isTarget(text: string, address: string): boolean {
  const at = text.indexOf(address);
  const behind = text.slice(at + address.length, at + address.length + 4);
  const lead = text.slice(Math.max(0, at - directionChars), at);
  return (directions.test(lead) && !visits.test(lead)) || /^\W{0,2}[へに宛]/.test(behind);
}

function leadTo(text: string, at: number): string {
  return text.slice(Math.max(0, at - directionChars), at);
}

const directionChars = 40;
// Where a reader goes, what a page refers to, where something comes from, and values of JSON.
const visits =
  /["']\s?:\s?["']$|\b(?:from|von|aus|depuis|desde)\W{0,3}$|\b(?:go|goes|going|link|links|linked|linking|refers?|navigate|head|points?|redirects?|browse|log ?in|sign ?in|up|back|according|gehe?n?|vai|va|allez|ve|vaya|ir|acced\w*|вернись)\b[^.]{0,16}$|\bsign(?:ed|ing)?[ -]up for (?:an? )?(?:\w{1,20} ){0,3}accounts? (?:at|on|with)\W{0,3}$|(?:перей|зай|зайт|переход)\p{L}{0,6}[^.]{0,12}$|[转前访跳][^。]{0,4}$/iu;
const directions =
  /(?:(?<!\p{L})(?:to|into|onto|an|nach|à|vers|a|hacia|para|на(?: адрес)?)|[至到给往向])["'`\s]{0,3}$/iu;

function isOfStranger(address: string): boolean {
  const host = (/:\/\/(?:[^/@\s]{0,60}@)?([^/:?#]+)/.exec(address) ??
    /@([^:/]+)/.exec(address))?.[1];
  if (host === undefined || localName.test(address)) return false;
  return !isKnownProvider(host.toLowerCase()) && !isLoopbackHost(host);
}

// `http://host:port`: nobody outside of the reader's own network has a name without a dot. Numbers,
// other signs for a dot, names of countries and names that certificates have are no such names.
const localName = /^(?:http|ws):\/\/(?!0x)[a-z][a-z\d_-]{2,62}(?:[:/?#]|$)/;

const acts: ReadonlySet<Concept> = new Set(['send', 'deliver', 'pass']);
const puts: ReadonlySet<Concept> = new Set(['give', 'write']);

// "Do not send", "送信しないで"; a "not" further behind belongs to the next verb.
function isDenied(act: ProseMark, marks: readonly ProseMark[]): boolean {
  return marks.some(
    ({ concept, at, start }) =>
      concept === 'not' &&
      (start < act.start ? act.at - at <= deniedBefore : at - act.at <= deniedBehind),
  );
}

const deniedBefore = 3;
const deniedBehind = 1.5;

// Nobody notices: said beside the act, or up to three sentences behind it.
function isUnseen(one: Sentence, around: readonly Sentence[]): boolean {
  const at = around.indexOf(one);
  return around.slice(Math.max(0, at - 1), at + 1 + behindMax).some(conceals);
}

const behindMax = 3;

function conceals({ marks, start, text }: Sentence): boolean {
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
const said: ReadonlySet<Concept> = new Set(['unsaid', 'withheld', 'silent', 'covert', 'hide']);
const noticing: ReadonlySet<Concept> = new Set(['tell', 'notice', 'reveal', 'reply']);
const wordsBehind = 4;
const wordsBefore = 3;
