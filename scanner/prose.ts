/** The sentences that an agent reads, out of the facts: what a registry compares with the version before. */

import { proseCharsMax, sentencesMax } from '../skills-index/statement/limits.ts';
import { type Prose, type Sentence, sentenceTexts } from '../skills-index/statement/prose.ts';
import type { SkillFacts } from './extract.ts';
import type { FactOf } from './fact.ts';
import { type Lines, linesOf } from './place.ts';
import { readingsOf } from './prose-reading.ts';
import { isText, proseRoles } from './statements.ts';

/** Sentences with their places, as many as are kept. No part of the report: it depends on no rule. */
export function proseOf({ facts, sources }: Pick<SkillFacts, 'facts' | 'sources'>): Prose {
  const texts = new Map(sources.map((source) => [source.path, source]));
  const lines = new Map<string, Lines>();
  const lineOf = (path: string, offset: number): number => {
    const known = lines.get(path) ?? linesOf(texts.get(path)?.text ?? '');
    lines.set(path, known);
    return known.at(offset).line;
  };
  const read = facts
    .filter((fact) => fact.kind === 'text')
    .filter((fact) => proseRoles.has(fact.role) && isText(fact) && !isVersion(fact))
    .sort((a, b) => rankOf(a.span.path) - rankOf(b.span.path));
  const hidden = new Set<string>();
  for (const fact of read) if (fact.role === 'hidden') for (const text of textsOf(fact)) hidden.add(`${fact.span.path} ${text}`);
  const kept: Sentence[] = [];
  let [chars, left] = [0, 0];
  for (const fact of read) {
    const { path, start, end } = fact.span;
    const said = textsOf(fact).filter((text) => fact.role !== 'html' || !hidden.has(`${path} ${text}`));
    const source = texts.get(path);
    // What lies in an archive has the archive's path, as in reports.
    const isInner = source !== undefined && source.depth === 0 && source.file !== path;
    const offsets = offsetsOf(said, source?.text.slice(start, Math.min(end, start + alignedCharsMax)) ?? '');
    for (const [index, text] of said.entries()) {
      chars += text.length;
      if (left > 0 || kept.length >= sentencesMax || chars > proseCharsMax) left++;
      else
        kept.push({
          path: isInner ? source.file : path,
          line: isInner ? 1 : lineOf(path, start + (offsets[index] ?? 0)),
          text,
          isHidden: fact.role === 'hidden',
        });
    }
  }
  return { schema: 'skillgate.prose/1', sentences: kept, left };
}

const alignedCharsMax = 100_000;
const wordsAhead = 40;

// Every release changes it, and it says nothing.
function isVersion({ role, detail, text }: FactOf<'text'>): boolean {
  return role === 'front-matter' && detail === 'version' && /^["']?v?\d[\w.+-]{0,60}["']?$/.test(text);
}

// When there is too much, what agents are sure to read comes first.
function rankOf(path: string): number {
  if (path === 'SKILL.md') return 0;
  return /\.(md|mdx|markdown)$/i.test(path) ? 1 : 2;
}

function textsOf(fact: FactOf<'text'>): string[] {
  const before = fact.role === 'front-matter' ? `${fact.detail}: ` : '';
  return readingsOf(fact).flatMap(({ text }, index) =>
    `${index === 0 ? before : ''}${text}`.split(/(?<=[.!?])\s+|(?<=[。！？])/).flatMap(sentenceTexts),
  );
}

/** Where sentences begin in the raw text, by walking through its words once: what stands between them is layout. */
function offsetsOf(said: readonly string[], raw: string): number[] {
  if (!raw.includes('\n')) return said.map(() => 0);
  const words = Array.from(raw.matchAll(wordPattern), ({ 0: word, index }) => ({ word, index }));
  let at = 0;
  return said.map((text) => {
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
