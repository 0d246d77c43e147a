/**
 * The sentences for an agent, taken from the facts: a registry compares them with the last
 * version's.
 */
import {
  type Prose,
  proseCharsMax,
  type Sentence,
  sentencesMax,
  sentenceTexts,
} from '../../skills-index/statement/prose.ts';
import type { Fact, FactOf } from '../fact/fact.ts';
import { type Lines, linesOf } from '../fact/place.ts';
import type { TaintSource } from '../fact/source.ts';
import { isText, proseRoles } from './find-orders.ts';
import { readingsOf } from './reading.ts';

type Text = FactOf<'text'>;
interface Extracted {
  readonly facts: readonly Fact[];
  readonly sources: readonly TaintSource[];
}

/** The raw text of a fact. */
type RawOf = (fact: Text) => string;

/**
 * Sentences with their places, up to the limit. They are no part of the report, since they depend
 * on no rule.
 */
export function proseOf({ facts, sources }: Extracted): Prose {
  const known = new Map(sources.map((source) => [source.path, source]));
  const lines = new Map<string, Lines>();
  const lineOf = (path: string, offset: number): number => {
    const these = lines.get(path) ?? linesOf(known.get(path)?.text ?? '');
    lines.set(path, these);
    return these.at(offset).line;
  };
  const rawOf: RawOf = ({ span: { path, start, end } }) =>
    known.get(path)?.text.slice(start, Math.min(end, start + rawCharsMax)) ?? '';
  const texts = facts
    .filter((fact) => fact.kind === 'text')
    .filter((fact) => proseRoles.has(fact.role) || fact.role === 'link');
  const sentences: Sentence[] = [];
  let chars = 0;
  let left = 0;
  for (const { fact, sentences: found } of sentencesIn(inOrder(texts), rawOf)) {
    const { path, start } = fact.span;
    const source = known.get(path);
    // An entry of an archive has the archive's path, as in reports.
    const archive =
      source !== undefined && source.depth === 0 && source.file !== path ? source.file : undefined;
    const offsets = offsetsOf(found, rawOf(fact));
    for (const [index, text] of found.entries()) {
      chars += text.length;
      if (left > 0 || sentences.length >= sentencesMax || chars > proseCharsMax) {
        left++;
        continue;
      }
      const line = archive === undefined ? lineOf(path, start + (offsets[index] ?? 0)) : 1;
      sentences.push({ path: archive ?? path, line, text, isHidden: fact.role === 'hidden' });
    }
  }
  return { schema: 'skillgate.prose/1', sentences, left };
}

const rawCharsMax = 100_000;
const wordsAhead = 40;

// When the text is too long, the parts that agents certainly read come first.
function inOrder(texts: readonly Text[]): Text[] {
  const ranks = Map.groupBy(texts, ({ span: { path } }) =>
    path === 'SKILL.md' ? 0 : /\.(md|mdx|markdown)$/i.test(path) ? 1 : 2,
  );
  return ([0, 1, 2] as const).flatMap((rank) => ranks.get(rank) ?? []);
}

interface TextSentences {
  readonly fact: Text;
  readonly sentences: readonly string[];
}

// Text hidden in HTML is listed once, as hidden. A link's target is listed once for each file,
// unless its own paragraph names it.
function sentencesIn(texts: readonly Text[], rawOf: RawOf): TextSentences[] {
  const read = texts.map((fact) => ({ fact, sentences: isProse(fact) ? sentencesOf(fact) : [] }));
  const hidden = new Set<string>();
  for (const { fact, sentences } of read)
    if (fact.role === 'hidden')
      for (const text of sentences) hidden.add(`${fact.span.path} ${text}`);
  const known = new Set<string>();
  let around = read[0];
  return read.map((entry) => {
    const { fact, sentences } = entry;
    const { path, end } = fact.span;
    if (around === undefined || around.fact.span.path !== path || around.fact.span.end < end)
      around = entry;
    const seen =
      fact.role === 'html' ? sentences.filter((text) => !hidden.has(`${path} ${text}`)) : sentences;
    const leads = targetsOf(fact, rawOf).filter((target) => {
      const isNews = !target.startsWith('#') && !known.has(`${path} ${target}`);
      if (isNews) known.add(`${path} ${target}`);
      return isNews && !around?.sentences.some((text) => text.includes(target));
    });
    return {
      fact,
      sentences: [...seen, ...leads.flatMap((target) => sentenceTexts(`leads to ${target}`))],
    };
  });
}

function isProse(fact: Text): boolean {
  const { role, detail, text } = fact;
  // Every release changes it, and it has no meaning for an agent.
  const isVersion =
    role === 'front-matter' && detail === 'version' && /^["']?v?\d[\w.+-]{0,60}["']?$/.test(text);
  // The words of an image are in its paragraph as well.
  return proseRoles.has(role) && role !== 'image' && isText(fact) && !isVersion;
}

function sentencesOf(fact: Text): string[] {
  const before = fact.role === 'front-matter' ? `${fact.detail}: ` : '';
  return readingsOf(fact).flatMap(({ text }, index) =>
    `${index === 0 ? before : ''}${text}`
      .split(/(?<=[.!?])\s+|(?<=[。！？])/)
      .flatMap(sentenceTexts),
  );
}

// An agent reads the address of a link; a person sees only its words.
function targetsOf(fact: Text, rawOf: RawOf): string[] {
  if (fact.role === 'link' || fact.role === 'image') return [fact.text];
  if (!isProse(fact)) return [];
  const raw = rawOf(fact);
  if (!raw.includes('<')) return [];
  return Array.from(
    raw.matchAll(/\b(?:href|src)\s{0,5}=\s{0,5}["']?([^"'\s<>]{1,1000})/gi),
    ([, target = '']) => target,
  );
}

/**
 * The start of each sentence in the raw text, found by walking through its words once: the
 * characters between words are layout.
 */
function offsetsOf(sentences: readonly string[], raw: string): number[] {
  if (!raw.includes('\n')) return sentences.map(() => 0);
  const words = Array.from(raw.matchAll(wordPattern), ({ 0: word, index }) => ({ word, index }));
  let at = 0;
  return sentences.map((text) => {
    let found: number | undefined;
    for (const word of text.match(wordPattern) ?? []) {
      const end = Math.min(at + wordsAhead, words.length);
      let next = at;
      while (next < end && words[next]?.word !== word) next++;
      if (next === end) continue;
      found ??= words[next]?.index;
      at = next + 1;
    }
    return found ?? words[Math.min(at, words.length - 1)]?.index ?? 0;
  });
}

const wordPattern = /[\p{L}\p{N}]+/gu;
