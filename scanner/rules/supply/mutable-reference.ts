/** What is fetched is named by a branch or as "the latest". */
import { joinedText } from '../../fact/joined-text.ts';
import type { TaintSource } from '../../fact/source.ts';
import { atMost, runs } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const mutableReference = defineRule({
  id: 'supply/mutable-reference',
  title: 'Code is named by a reference that moves',
  kind: 'capability',
  severity: 'low',
  confidence: 'lexical',
  why: 'A branch, a "latest" release or a package on a CDN without a version can be another file tomorrow.',
  fix: 'Name a commit, a tag with a checksum, or an exact version.',
  maps: { cwe: ['CWE-494', 'CWE-829'], owasp: ['AST02', 'AST07'], attack: ['T1195.002'] },
  reads: ['source'],
  check: ({ sources }) =>
    sources.filter(({ depth, language }) => depth === 0 && language !== 'json').flatMap(draftsOf),
});

/** Addresses of code (or of archives with it) whose content changes under them. */
const forms: readonly { readonly form: RegExp; readonly says: string }[] = [
  {
    form: /\bhttps:\/\/raw\.githubusercontent\.com\/[\w.-]+\/[\w.-]+\/(?:refs\/heads\/)?(?:main|master|HEAD|develop|dev|trunk)\/[\w./-]+\.(?:sh|py|[cm]?js|ts|ps1|rb|pl|tgz|zip|tar\.gz)\b/g,
    says: 'a branch',
  },
  {
    form: /\bhttps:\/\/github\.com\/[\w.-]+\/[\w.-]+\/releases\/latest\/download\/[^\s"'`)<>]{1,200}/g,
    says: 'the latest release',
  },
  {
    form: /\bhttps:\/\/github\.com\/[\w.-]+\/[\w.-]+\/(?:archive\/(?:refs\/heads\/)?(?:main|master)|zipball\/(?:main|master)|tarball\/(?:main|master))[\w./-]*/g,
    says: 'a branch',
  },
  {
    form: /\bhttps:\/\/(?:unpkg\.com|esm\.sh|cdn\.skypack\.dev|esm\.run)\/(?:@[\w.-]+\/)?[\w.-]+(?:@latest)?(?=["'`\s)/?])(?!@)/g,
    says: 'no version',
  },
  {
    form: /\bhttps:\/\/cdn\.jsdelivr\.net\/(?:npm\/(?:@[\w.-]+\/)?[\w.-]+(?:@latest)?(?=["'`\s)/])|gh\/[\w.-]+\/[\w.-]+(?:@(?:main|master|latest))?(?=["'`\s)/]))/g,
    says: 'no version',
  },
];

function draftsOf(source: TaintSource): FindingDraft[] {
  const { path, language, context } = source;
  if (!source.text.includes('http')) return [];
  const { text, offsetOf } = joinedText(source);
  const inText = language === 'markdown' || language === 'text' || context === 'test';
  return forms.flatMap(({ form, says }) =>
    [...text.matchAll(form)].map(
      (match): FindingDraft => ({
        span: { path, start: offsetOf(match.index), end: offsetOf(match.index + match[0].length) },
        severity: inText ? atMost('low', 'info') : 'low',
        message: `${match[0].slice(0, 120)} names ${says}: what it gives may change`,
      }),
    ),
  );
}

// A package with a name from inside a company is taken from wherever it is found.

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
    ...context.of('dependency').flatMap((fact) => {
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
  ].flatMap((match) => {
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
