/** A package with a name from inside a company is taken from wherever it is found. */

import type { TaintSource } from '../../fact/source.ts';
import { runs } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const dependencyConfusion = defineRule({
  id: 'supply/dependency-confusion',
  title: 'An internal package that anybody can publish',
  kind: 'capability',
  severity: 'medium',
  confidence: 'lexical',
  why: 'Names such as corp-auth-utils are free on public registries. Whoever publishes such a name first gets their code installed.',
  fix: 'Publish the package under a scope that you own, or put the code into the skill.',
  maps: { cwe: ['CWE-427', 'CWE-1357'], owasp: ['ASI04', 'AST02'], attack: ['T1195.001'] },
  reads: ['dependency:install', 'dependency:declared', 'source'],
  check: (context) => [
    ...context.of('dependency').flatMap((fact): FindingDraft[] => {
      if (
        (fact.how !== 'install' && fact.how !== 'declared') ||
        !runs(fact) ||
        !internal.test(fact.name)
      )
        return [];
      if (fact.manager !== 'npm' && fact.manager !== 'pip') return [];
      return [
        {
          span: fact.span,
          message: `${fact.name} is a name from inside a company: on a public registry anybody may hold it`,
        },
      ];
    }),
    ...context.sources
      .filter(({ depth, language }) => depth === 0 && /^(python|markdown)$/.test(language))
      .flatMap((source) => importsIn(source, context.files)),
  ],
});

const internal =
  /^(internal|corp|corporate|company|mycorp|mycompany|private|intranet|inhouse)[-_.]\w|[-_](internal|intranet|inhouse)([-_]\w+)?$/i;

// Modules imported under such names that no file of the bundle is.
function importsIn({ path, text }: TaintSource, files: ReadonlySet<string>): FindingDraft[] {
  return [
    ...text.matchAll(/^[ \t]*(?:from|import)[ \t]+([A-Za-z]\w{3,60})(?=[ \t.,;]|\r?$)/gm),
  ].flatMap((match): FindingDraft[] => {
    const [line, name = ''] = match;
    if (!internal.test(name)) return [];
    if ([...files].some((file) => new RegExp(`(^|/)${name}(\\.py$|/)`).test(file))) return [];
    const start = match.index + line.length - name.length;
    return [
      {
        span: { path, start, end: start + name.length },
        message: `imports ${name}, a name from inside a company that is not in the bundle`,
      },
    ];
  });
}
