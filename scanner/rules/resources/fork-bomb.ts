/** Processes are started without end. */
import { milder } from '../../fact/standing.ts';
import { defineRule, draftAt } from '../../rule.ts';

export const forkBomb = defineRule({
  id: 'resources/fork-bomb',
  title: 'Processes are started without end',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'A fork bomb or an endless loop of new processes stops the machine.',
  fix: 'Bound the loop, and wait for what was started.',
  maps: { attack: ['T1499'] },
  reads: ['trait:unbounded'],
  check: (context) =>
    context
      .of('trait')
      .filter((fact) => fact.trait === 'unbounded')
      .map((fact) =>
        draftAt(fact, fact.detail === '' ? 'starts processes without end' : fact.detail, {
          severity: milder('high', fact),
        }),
      ),
});

// A small archive becomes very large.

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
