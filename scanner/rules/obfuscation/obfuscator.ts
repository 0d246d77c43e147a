/** Code went through a program that makes it unreadable. */

import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { milder, milderIn } from '../../fact/standing.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';
import { obfuscatorMarks } from '../obfuscators.ts';

export const obfuscator = defineRule({
  id: 'obfuscation/obfuscator',
  title: 'Obfuscated code',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'An obfuscator has one purpose: nobody can read what the code does. A skill has to be read to be approved.',
  fix: 'Ship the source as it was written.',
  maps: { cwe: ['CWE-506'], owasp: ['AST08'], attack: ['T1027'] },
  reads: ['source', 'trait:deserialize', 'trait:code-from-string'],
  check: (context) => [
    ...context.sources.filter(({ depth }) => depth === 0).flatMap(draftsOnce),
    ...codeObjects(context),
  ],
});

const draftsOnce = remembered(draftsOf);

// `exec(marshal.loads(…))`, under whatever names.
function codeObjects({ of }: RuleContext): FindingDraft[] {
  const loaded = of('trait').filter(
    ({ trait, api }) => trait === 'deserialize' && api.startsWith('marshal.'),
  );
  const run = of('trait').filter(({ trait }) => trait === 'code-from-string');
  return loaded
    .filter(({ span }) =>
      run.some(
        (code) =>
          code.span.path === span.path &&
          code.span.start <= span.start &&
          span.end <= code.span.end,
      ),
    )
    .map((fact) => ({
      span: fact.span,
      severity: milder('high', fact),
      message: 'made unreadable as a code object',
    }));
}

// One finding for each tool, at its first mark. Code in Markdown is of any language.
function draftsOf(source: TaintSource): FindingDraft[] {
  const found = new Map<string, FindingDraft>();
  for (const { tool, form, sign, times, languages } of obfuscatorMarks) {
    const isOfInterest =
      languages.length === 0 ||
      languages.includes(source.language) ||
      source.language === 'markdown';
    if (found.has(tool) || !isOfInterest || !source.text.includes(sign)) continue;
    const matches = [...source.text.matchAll(form)];
    const [first] = matches;
    if (first === undefined || matches.length < times) continue;
    const span = {
      path: source.path,
      start: first.index,
      end: first.index + Math.min(first[0].length, 80),
    };
    found.set(tool, {
      span,
      severity: milderIn('high', source),
      message: `made unreadable by ${tool}`,
    });
  }
  return [...found.values()];
}
