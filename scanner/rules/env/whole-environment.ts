/** All environment variables are read at once. */
import type { FactOf } from '../../fact/fact.ts';
import { isInText, runs } from '../../fact/standing.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const wholeEnvironment = defineRule({
  id: 'env/whole-environment',
  title: 'The whole environment is read',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'The environment holds secrets of other programs. A skill that reads all of it can pass on secrets that it does not even know.',
  fix: 'Read the variables you need by name, and declare them in skill.json.',
  maps: { cwe: ['CWE-200', 'CWE-526'], owasp: ['AST03'], attack: ['T1082'] },
  reads: ['capability:env', 'capability:exec', 'capability:egress', 'flow', 'source'],
  check: (context) =>
    context.of('capability').flatMap((fact): FindingDraft[] => {
      if (!fact.traits.includes('whole-env') || !runs(fact)) return [];
      if (fact.traits.includes('env-to-child'))
        return [
          {
            span: fact.span,
            severity: 'info',
            message: `hands every environment variable to a child process (${fact.api})`,
          },
        ];
      const isPlain =
        isInText(fact) ||
        fact.context === 'test' ||
        isCopiedForChild(fact, context) ||
        asksForLibc(fact, context);
      return [
        {
          span: fact.span,
          severity: isPlain ? 'low' : 'medium',
          message: `reads every environment variable (${fact.api})`,
        },
      ];
    }),
});

// The report of Node tells which C library a machine has, and the environment as well. Packages
// with native parts look for the library, and for nothing else of the report.
function asksForLibc({ api }: FactOf<'capability'>, { of, sources }: RuleContext): boolean {
  if (api !== 'process.report.getReport') return false;
  const texts = sources.filter(({ depth }) => depth === 0).map(({ text }) => text);
  return (
    texts.some((text) => /\.(header\.)?glibcVersionRuntime\b/.test(text)) &&
    texts.every((text) => !/\benvironmentVariables\b/.test(text)) &&
    !of('flow').some(({ source }) => source.what === 'whole-env') &&
    !of('capability').some(
      ({ capability, context, span }) =>
        capability.kind === 'egress' && context === 'code' && !/\.json$/.test(span.path),
    )
  );
}

// `env: { ...process.env, PATH }` in options, or a copy without one variable, where a program of
// the skill (the copy may come from another file) starts others and nothing of it goes elsewhere.
function isCopiedForChild({ span }: FactOf<'capability'>, { of, sources }: RuleContext): boolean {
  const text = sources.find(({ path }) => path === span.path)?.text ?? '';
  if (!copyForChild.test(text.slice(Math.max(0, span.start - 80), span.start))) return false;
  const starts = of('capability').some(
    (fact) => fact.context === 'code' && fact.capability.kind === 'exec',
  );
  return (
    starts &&
    !of('flow').some(({ source, sink }) => source.what === 'whole-env' && sink.what !== 'exec')
  );
}

const copyForChild =
  /\benv\s{0,4}[:=]\s{0,4}(\{\s{0,20})?(\.\.\.|Object\.assign\(\{\s{0,4}\},\s{0,4}|\w{1,20}: \w{1,20} for \w{1,20}, \w{1,20} in )?$/;
