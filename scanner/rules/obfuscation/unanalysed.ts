/** A file was not looked at, or not whole. */
import type { ArtifactFact } from '../../fact/fact.ts';
import { isForTests } from '../../fact/language.ts';
import { milder } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const unanalysed = defineRule({
  id: 'obfuscation/unanalysed',
  title: 'A file that cannot be analysed',
  kind: 'policy',
  severity: 'medium',
  confidence: 'exact',
  why: 'No parser accepts the file, or not all of its calls can be followed, so something in it was not checked. The message says what was in the way, and where.',
  fix: 'Correct a syntax error. Write a call that cannot be followed more plainly, such as a switch instead of a function chosen by its number, and a long program as several skills. Otherwise a person has to read it before it is approved.',
  maps: { owasp: ['AST08'], attack: ['T1027'] },
  reads: [
    'artifact:unreadable',
    'artifact:unparsed',
    'artifact:unknown-language',
    'artifact:not-utf8',
  ],
  check: (context) =>
    context.of('artifact').flatMap((fact) => {
      const about = says[fact.what];
      if (about === undefined) return [];
      const message = `${about.message} ${fact.detail}`;
      const draft = { span: fact.span, ...about, message };
      return [isTestData(fact) ? { ...draft, severity: 'medium' } : draft];
    }),
});

// What rules of supply report, or what only coverage says, is not here.
const says: Readonly<Partial<Record<ArtifactFact['what'], Omit<FindingDraft, 'span'>>>> = {
  unreadable: { severity: 'high', message: 'cannot be read:' },
  unparsed: { kind: 'capability', message: 'was not analysed:' },
  'unknown-language': { kind: 'capability', message: 'was not analysed:' },
  'not-utf8': { kind: 'capability', severity: 'low', message: 'is not UTF-8 but' },
};

// What a test compares with is data in a format of its own. A locked archive has no such reason.
function isTestData({ detail, span }: ArtifactFact): boolean {
  return detail.startsWith('not text, and of no known type') && isForTests(span.path);
}

// The text that runs is not the text that is shown.

export const misleadingEncoding = defineRule({
  id: 'obfuscation/misleading-encoding',
  title: 'Code runs differently than it is shown',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'A declared encoding such as UTF-7 or unicode_escape, or a line end that editors do not show, turns a harmless comment into code.',
  fix: 'Write UTF-8 with ordinary line ends.',
  maps: { cwe: ['CWE-451'], owasp: ['AST08'], attack: ['T1027', 'T1036'] },
  reads: ['artifact:misleading-encoding', 'artifact:line-trick'],
  check: (context) =>
    context.of('artifact').map((fact) => ({
      span: fact.span,
      severity: milder('high', fact),
      message: `the file ${phrase(fact)}`,
    })),
});

function phrase({ what, detail }: ArtifactFact): string {
  return what === 'line-trick' ? `has ${detail}` : detail;
}
