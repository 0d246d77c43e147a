/** An archive is in the bundle. */
import type { ArtifactFact } from '../../fact/fact.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const archiveInBundle = defineRule({
  id: 'supply/archive-in-bundle',
  title: 'The bundle contains an archive',
  kind: 'policy',
  severity: 'high',
  confidence: 'exact',
  why: 'A reviewer does not see the content of an archive. With a password, or in an unknown form, nobody sees it.',
  fix: 'Put the files into the bundle as they are.',
  maps: { cwe: ['CWE-506'], owasp: ['AST08'], attack: ['T1027.015', 'T1027'] },
  reads: [
    'artifact:archive',
    'artifact:nested-archive',
    'artifact:encrypted-archive',
    'artifact:opened',
  ],
  check: (context) =>
    context.of('artifact').flatMap((fact): FindingDraft[] => {
      const about = says[fact.what];
      if (about === undefined) return [];
      const isData = fact.what === 'archive' && dataInArchives.test(fact.span.path);
      const weight = isData ? { kind: 'capability' as const, severity: 'low' as const } : {};
      return [
        { span: fact.span, ...about, ...weight, message: `${fact.detail}: ${about.message}` },
      ];
    }),
});

// Documents and data whose format is an archive.
const dataInArchives = /\.(docx|xlsx|pptx|odt|ods|odp|epub|dotx|potx|npz|svgz)$/i;

const says: Readonly<Partial<Record<ArtifactFact['what'], Omit<FindingDraft, 'span'>>>> = {
  archive: { severity: 'high', message: 'an archive that could not be opened' },
  'encrypted-archive': { severity: 'high', message: 'an archive with a password' },
  'nested-archive': { severity: 'medium', message: 'an archive within an archive' },
  opened: { kind: 'capability', severity: 'info', message: 'its files were scanned, too' },
};
