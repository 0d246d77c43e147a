/** A name in code has letters that look like others. */

import { confusables } from '../../../skills-index/skill/text/mixed-scripts.ts';
import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { milderIn } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const mixedScript = defineRule({
  id: 'obfuscation/mixed-script',
  title: 'A name with look-alike letters',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'A Cyrillic а in a Latin word makes another name, which looks like the well-known function. Python reads mathematical letters as plain ones.',
  fix: 'Write names in one script.',
  maps: { cwe: ['CWE-1007'], owasp: ['AST08'], attack: ['T1036', 'T1027'] },
  reads: ['source'],
  check: ({ sources }) =>
    sources.filter(({ depth, language }) => depth === 0 && isCode(language)).flatMap(draftsOnce),
});

const draftsOnce = remembered(draftsOf);

function isCode(language: TaintSource['language']): boolean {
  return /^(typescript|javascript|python|shell)$/.test(language);
}

// Strings and comments, roughly: words of other languages belong there.
const quoted =
  /"""[\s\S]{0,20000}?"""|'''[\s\S]{0,20000}?'''|"(?:[^"\\\n]|\\.){0,2000}"|'(?:[^'\\\n]|\\.){0,2000}'|`[^`]{0,20000}`|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]{0,20000}?\*\//g;

function draftsOf(source: TaintSource): FindingDraft[] {
  const { path, text, language } = source;
  if (/^[\0-\x7f]*$/.test(text)) return [];
  const code = text.replace(quoted, (piece) => ' '.repeat(piece.length));
  return [...code.matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)].flatMap((match) => {
    const message = judge(match[0], language);
    const span = { path, start: match.index, end: match.index + match[0].length };
    return message === undefined ? [] : [{ span, severity: milderIn('high', source), message }];
  });
}

function judge(name: string, language: string): string | undefined {
  if (/^[\0-\x7f]*$/.test(name)) return undefined;
  // Greek letters stand in formulas (`Δt`, `σ_x`): it takes a word of Latin letters around them to
  // be a disguise.
  const plain = [...name].map((letter) => confusables.get(letter) ?? letter).join('');
  const latin = name.match(/[A-Za-z]/g)?.length ?? 0;
  const isFormula = /(^|_)[A-Za-z]{0,2}[\u0370-\u03ff][A-Za-z]{0,2}(_|$)/.test(name);
  if (latin >= 2 && plain !== name && !isFormula && /^[A-Za-z0-9_$]+$/.test(plain))
    return `"${name}" has letters of another script that look like those of ${plain}`;
  const folded = name.normalize('NFKC');
  const isStyled = /[\u{1d400}-\u{1d7cb}\uff21-\uff5a]/u.test(name) && /^\w{2,}$/.test(folded);
  return language === 'python' && isStyled ? `Python reads "${name}" as ${folded}` : undefined;
}
