/** Code is written so that it cannot be read. */

import type { TaintSource } from '../../fact/source.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const minified = defineRule({
  id: 'obfuscation/minified',
  title: 'Minified code',
  kind: 'capability',
  severity: 'low',
  confidence: 'lexical',
  why: 'Lines of thousands of characters can be analysed, but a person can hardly review them. The built text differs from what was written.',
  fix: 'Ship the source, or install the library from its registry by name and version.',
  maps: { owasp: ['AST08'], attack: ['T1027'] },
  reads: ['source'],
  check: ({ sources, files }) =>
    sources
      .filter(({ depth, language }) => depth === 0 && isCode(language))
      .flatMap((source) => draftsOf(source, files)),
});

function isCode(language: TaintSource['language']): boolean {
  return /^(typescript|javascript|python|shell)$/.test(language);
}

const sampleChars = 2_000;

// A long line of code, not of data: with the punctuation of code all over it.
function draftsOf({ path, text }: TaintSource, files: ReadonlySet<string>): FindingDraft[] {
  for (const { start, length } of longLines(text)) {
    const sample = text.slice(start, start + sampleChars);
    const marks = sample.match(/[;{}()=,]/g)?.length ?? 0;
    if (marks * 12 < sample.length || /["'`][^"'`]{1200}/.test(sample)) continue;
    const written = path.replace(/\.min(?=\.[cm]?js$)/, '');
    const isBeside = written !== path && files.has(written);
    return [
      {
        span: { path, start, end: start + 80 },
        severity: isBeside ? 'info' : 'low',
        message: `${length} characters of code in one line${isBeside ? `; its source may be ${written}` : ''}`,
      },
    ];
  }
  return [];
}

// A regular expression over a line of millions of characters can run out of stack.
function* longLines(text: string): Generator<{ readonly start: number; readonly length: number }> {
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    const next = text.indexOf('\n', start);
    end = next === -1 ? text.length : next;
    if (end - start >= sampleChars) yield { start, length: end - start };
  }
}
