/** A program or a document that cannot be read is in the bundle. */
import { sourceOfByteCode } from '../../../skills-index/skill/authoring/byte-code.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const binaryInBundle = defineRule({
  id: 'supply/binary-in-bundle',
  title: 'The bundle contains a file that nobody can review',
  kind: 'policy',
  severity: 'high',
  confidence: 'exact',
  why: 'Programs and bytecode cannot be reviewed. They can do other things than the source beside them.',
  fix: 'Ship sources. Delete each __pycache__ folder: Python makes it again, and publish leaves it out. Build or fetch the rest from a registry, by name and version.',
  maps: { attack: ['T1027', 'T1036'], cwe: ['CWE-506'] },
  reads: ['artifact:binary', 'artifact:document', 'source'],
  check: (context) => {
    const paths = new Set(context.sources.map(({ path }) => path));
    return context.of('artifact').map((fact): FindingDraft => {
      const { span, detail } = fact;
      if (fact.what === 'document')
        return { span, kind: 'capability', severity: 'low', message: `${detail} in the bundle` };
      // It can differ from its source: Python never compares an unchecked file with it (PEP 552).
      const source = detail === 'Python bytecode' ? sourceOfByteCode(span.path) : undefined;
      return source !== undefined && paths.has(source)
        ? {
            span,
            severity: 'medium',
            message: `${detail}: Python may run it in place of ${source}`,
          }
        : { span, message: `${detail} in the bundle` };
    });
  },
});
