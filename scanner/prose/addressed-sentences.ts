/** The sentences of a page, and what they send to which addresses. */
import type { FactOf } from '../fact/fact.ts';
import { isLoopbackHost } from '../lookup-tables/egress-of.ts';
import { isKnownProvider } from '../lookup-tables/secret-providers.ts';
import type { FindingDraft } from '../rule.ts';
import { isText, quoteCharsMax } from './find-orders.ts';
import { mannerOf, type Surroundings, weighed } from './manner.ts';
import type { ProseMark } from './marks.ts';
import type { Concept } from './phrases/concept.ts';
import type { ProseReading } from './reading.ts';

type Text = FactOf<'text'>;

const roles: ReadonlySet<Text['role']> = new Set([
  'prose',
  'list-item',
  'table-cell',
  'hidden',
  'html',
]);

/** Whether a text is a sentence of a page that an agent reads. */
export function isRead(fact: Text): boolean {
  return roles.has(fact.role) && isText(fact) && page.test(fact.span.inner ?? fact.span.path);
}

// Schemas and rules of other programs are full of addresses that name things.
const page = /\.(?:md|mdx|mdc|markdown|rst|txt|adoc|org)$/i;

/** A sentence with its place in the text, and the marks that begin in it. */
export interface PageSentence {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly marks: readonly ProseMark[];
}

/** The sentences of a text, each with the marks that begin in it. */
export function sentencesOf({ text, marks }: ProseReading): readonly PageSentence[] {
  const found: PageSentence[] = [];
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

/** The draft for a sentence that was found, unless it refuses the act. */
export function draftsOfSentence(
  reading: ProseReading,
  found: PageSentence | undefined,
  around: Surroundings,
  says: string,
): FindingDraft[] {
  if (found === undefined) return [];
  const manner = mannerOf(reading, found, around);
  const message = `${says}: "${found.text.slice(0, quoteCharsMax)}"`;
  return manner === 'refused'
    ? []
    : [{ span: reading.fact.span, message, ...weighed(manner, 'medium') }];
}

/** A sign without which no text has an address. */
export const mayReceive = /:\/\/|@/;
const receivers =
  /\b(?:https?|wss?|ftps?|sftp|s3|gs|ssh|mqtts?|tcp|udp):\/\/[^\s)>"'`\]（）、，]{3,200}|(?<![\w.+-])[\w.+-]{2,60}@[\w-]{2,60}(?:\.[\w-]{2,30}){1,5}(?::[\w./-]{1,80})?/gi;

/** An address, and where it begins in its sentence. */
interface Address {
  readonly address: string;
  readonly index: number;
}

/** The addresses of strangers in a sentence, but for those that a reader is told to visit. */
export function strangersIn(text: string): readonly Address[] {
  return [...text.matchAll(receivers)]
    .map(({ 0: address, index }) => ({ address, index }))
    .filter(({ address, index }) => isOfStranger(address) && !visits.test(leadTo(text, index)));
}

function leadTo(text: string, at: number): string {
  return text.slice(Math.max(0, at - directionChars), at);
}

const directionChars = 40;
// Where a reader goes, what a page refers to, where something comes from, and values of JSON.
const visits =
  /["']\s?:\s?["']$|\b(?:from|von|aus|depuis|desde)\W{0,3}$|\b(?:go|goes|going|link|links|linked|linking|refers?|navigate|head|points?|redirects?|browse|log ?in|sign ?in|up|back|according|gehe?n?|vai|va|allez|ve|vaya|ir|acced\w*|вернись)\b[^.]{0,16}$|\bsign(?:ed|ing)?[ -]up for (?:an? )?(?:\w{1,20} ){0,3}accounts? (?:at|on|with)\W{0,3}$|(?:перей|зай|зайт|переход)\p{L}{0,6}[^.]{0,12}$|[转前访跳][^。]{0,4}$/iu;

function isOfStranger(address: string): boolean {
  const host = (/:\/\/(?:[^/@\s]{0,60}@)?([^/:?#]+)/.exec(address) ??
    /@([^:/]+)/.exec(address))?.[1];
  if (host === undefined || localName.test(address)) return false;
  return !isKnownProvider(host.toLowerCase()) && !isLoopbackHost(host);
}

// `http://host:port`: nobody outside of the reader's own network has a name without a dot. Numbers,
// other signs for a dot, names of countries and names that certificates have are no such names.
const localName = /^(?:http|ws):\/\/(?!0x)[a-z][a-z\d_-]{2,62}(?:[:/?#]|$)/;

// Nobody reads such an address, or it has a place for data.
const takesOnly =
  /^(?:s3|gs|ftps?|sftp|ssh|mqtts?):|^git@|[?&][\w-]{1,40}=(?:[{<[$]|[A-Z_]{3,40}$)/i;
const verbs = /\b(?:POST|PUT|PATCH|curl|webhook)\b/;

/** Whether a sentence tells to send something to somebody's own address, and does not deny it. */
export function sends({ text, start, marks }: PageSentence): boolean {
  const addresses = strangersIn(text);
  if (addresses.length === 0) return false;
  const urls = addresses.filter(({ address }) => address.includes('://')).map(({ index }) => index);
  const isAct = ({ concept, end }: ProseMark): boolean =>
    acts.has(concept) || (puts.has(concept) && urls.some((at) => isNear(text, end - start, at)));
  const meant = marks.filter((mark) => isAct(mark) && !isDenied(mark, marks));
  if (meant.length > 0) return true;
  if (marks.some(isAct)) return false;
  return (
    verbs.test(text) || addresses.some((one) => takesOnly.test(one.address) || isTarget(text, one))
  );
}

// "writes files under `out`; may contact https://": what is written far from an address, and not
// to the address, is written elsewhere.
function isNear(text: string, from: number, to: number): boolean {
  const between = text.slice(Math.min(from, to), Math.max(from, to));
  return (
    fewWords.test(between) ||
    !/[;,]/.test(between) ||
    (to > from && places.test(between.slice(-placeChars)))
  );
}

const fewWords = /^(?:\S*\s){0,11}\S*$/;
const placeChars = 16;
const places =
  /(?<!\p{L})(?:at|for|in|into|on|onto|through|to|under|via|with)[^\p{L}\p{N}]{0,3}$/iu;

// "… to https://": a verb that no table has, with a direction.
function isTarget(text: string, { address, index: at }: Address): boolean {
  const behind = text.slice(at + address.length, at + address.length + 4);
  return directions.test(leadTo(text, at)) || /^\W{0,2}[へに宛]/.test(behind);
}

const directions =
  /(?:(?<!\p{L})(?:to|into|onto|an|nach|à|vers|a|hacia|para|на(?: адрес)?)|[至到给往向])["'`\s]{0,3}$/iu;

const acts: ReadonlySet<Concept> = new Set(['send', 'pass']);
const puts: ReadonlySet<Concept> = new Set(['give']);

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
