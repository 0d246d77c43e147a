/** A program or a document that cannot be read is in the bundle. */
import { defineRule, type FindingDraft } from '../../rule.ts';

export const binaryInBundle = defineRule({
  id: 'supply/binary-in-bundle',
  title: 'The bundle contains a file that nobody can review',
  kind: 'policy',
  severity: 'high',
  confidence: 'exact',
  why: 'Programs and bytecode cannot be reviewed. They can do other things than the source beside them.',
  fix: 'Ship sources. Build or fetch the rest from a registry, by name and version.',
  maps: { attack: ['T1027', 'T1036'], cwe: ['CWE-506'] },
  reads: ['artifact:binary', 'artifact:document'],
  check: (context) =>
    context.of('artifact').map((fact): FindingDraft => {
      const isDocument = fact.what === 'document';
      return {
        span: fact.span,
        kind: isDocument ? 'capability' : 'policy',
        severity: isDocument ? 'low' : 'high',
        message: `${fact.detail} in the bundle`,
      };
    }),
});
