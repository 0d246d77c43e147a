/** A program, an archive or a document is in the bundle. */
import { type Draft, defineRule } from '../../rule.ts';

export const binaryInBundle = defineRule({
  id: 'supply/binary-in-bundle',
  title: 'Something in the bundle that cannot be read',
  kind: 'policy',
  severity: 'high',
  confidence: 'exact',
  why: 'Programs, bytecode and archives cannot be reviewed: what they do is not what their source beside them says.',
  fix: 'Ship sources. Build or fetch the rest from a registry, by name and version.',
  maps: { attack: ['T1027', 'T1036'], cwe: ['CWE-506'] },
  reads: ['artifact', 'source'],
  revision: 1,
  check: (context) =>
    context.of('artifact').flatMap((fact): Draft[] => {
      if (fact.what !== 'binary' && fact.what !== 'archive' && fact.what !== 'document') return [];
      const isData = fact.what === 'document' || /\.(docx|xlsx|pptx|odt|ods|odp|epub|dotx|potx|npz|svgz)$/i.test(fact.span.path);
      return [
        {
          span: fact.span,
          kind: isData ? 'capability' : 'policy',
          severity: isData ? 'low' : 'high',
          message: `${fact.detail} in the bundle`,
        },
      ];
    }),
});
