/** The text that runs is not the text that is shown. */
import type { ArtifactFact } from '../../fact/fact.ts';
import { milder } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';

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
