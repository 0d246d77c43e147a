/** Unpacking an archive of the bundle writes where it should not. */
import { defineRule } from '../../rule.ts';

export const unsafeArchive = defineRule({
  id: 'supply/unsafe-archive',
  title: 'An archive that writes outside its folder',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'An entry named ../../.ssh/authorized_keys, a link to a folder outside, or two entries of one name are made on purpose, to overwrite files where the archive is unpacked.',
  fix: 'Pack the archive again, with plain relative names.',
  maps: { cwe: ['CWE-22', 'CWE-59'], owasp: ['AST08'], attack: ['T1027'] },
  reads: ['artifact:unsafe-entry'],
  check: (context) =>
    context.of('artifact').map((fact) => ({ span: fact.span, message: fact.detail })),
});
