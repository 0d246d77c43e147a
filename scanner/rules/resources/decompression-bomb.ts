/** A small archive becomes very large. */
import { defineRule } from '../../rule.ts';

export const decompressionBomb = defineRule({
  id: 'resources/decompression-bomb',
  title: 'An archive expands without limit',
  kind: 'policy',
  severity: 'medium',
  confidence: 'exact',
  why: 'Unpacking it fills the disk or the memory, and stops a scanner that tries.',
  fix: 'Put the files into the bundle as they are.',
  maps: { cwe: ['CWE-409'], owasp: ['LLM10'], attack: ['T1499'] },
  reads: ['artifact:over-ratio'],
  check: (context) =>
    context.of('artifact').map((fact) => ({ span: fact.span, message: fact.detail })),
});
