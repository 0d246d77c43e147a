/** A text is put together from numbers. */

import type { Span } from '../../fact/fact.ts';
import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { milderIn } from '../../fact/standing.ts';
import { hasNumberList } from '../../prose/encoded-words.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const textFromNumbers = defineRule({
  id: 'obfuscation/text-from-numbers',
  title: 'A text made of numbers',
  kind: 'malice',
  severity: 'medium',
  confidence: 'lexical',
  why: 'No search finds a command or address that is written as character codes, and no reviewer reads it.',
  fix: 'Write the text as it is.',
  maps: { cwe: ['CWE-506'], owasp: ['AST08'], attack: ['T1027.010', 'T1140'] },
  reads: [
    'source',
    'trait:code-from-string',
    'trait:decode-to-code',
    'trait:folded-name',
    'capability:exec',
    'capability:egress',
  ],
  check: (context) => {
    // Beside code that runs, loads or asks for something that it computed.
    const computes = new Set([
      ...context.of('trait').map((fact) => fact.span.path),
      ...context
        .of('capability')
        .flatMap((fact) => (fact.certainty === 'exact' ? [] : [fact.span.path])),
    ]);
    return context.sources
      .filter(({ depth }) => depth === 0)
      .flatMap((source) => draftsOf(source, computes.has(source.path)));
  },
});

const code = String.raw`\s{0,4}(?:0x[0-9a-f]{1,2}|\d{2,3})\s{0,4}`;
const list = `(?:${code},){7,400}${code}`;
const listForms: readonly RegExp[] = [
  new RegExp(String.raw`\bfrom(?:CharCode|CodePoint)\s?\((?:\.\.\.\s?\[)?${list}`, 'gi'),
  // A list of codes, and behind it what makes characters of them.
  new RegExp(
    String.raw`\[${list},?\s{0,4}\][^\n]{0,60}(?:fromCharCode|fromCodePoint|\bchr\b|\[char\])`,
    'gi',
  ),
  new RegExp(
    String.raw`(?:\bchr\s?\([a-z_^ 0-9]{1,20}\)[^\n]{0,40}\bin\s|map\(chr,\s?|bytes(?:array)?\()\s?[[(]${list}`,
    'gi',
  ),
];
const writtenForms: readonly RegExp[] = [
  /(?:\bchr\(\d{2,3}\)\s?[+.]\s?){5,}/g,
  /(?:\\x[2-7][0-9a-fA-F]){6,}/g,
  /(?:\\(?:1[0-7]{2}|0?[4-7][0-7])){6,}/g,
];

function draftsOf(source: TaintSource, computes: boolean): FindingDraft[] {
  const message = `a text written as numbers${computes ? ', beside code that runs what it computes' : ''}`;
  return numbersIn(source).map(
    (span): FindingDraft => ({
      span,
      kind: computes ? 'malice' : 'capability',
      severity: milderIn(computes ? 'medium' : 'low', source),
      message,
    }),
  );
}

const numbersIn = remembered(({ path, text, language }: TaintSource): Span[] => {
  if (/^(json|toml|html)$/.test(language)) return [];
  const wanted = [
    ...(hasNumberList(text, 7) ? listForms : []),
    ...(/\bchr\(|\\[x0-7]/.test(text) ? writtenForms : []),
  ];
  return wanted.flatMap((form) =>
    [...text.matchAll(form)].map(
      ({ 0: { length }, index }): Span => ({
        path,
        start: index,
        end: index + Math.min(length, 120),
      }),
    ),
  );
});
