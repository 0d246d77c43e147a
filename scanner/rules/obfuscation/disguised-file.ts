/** A file is not what its name says, or is two things at once. */
import { defineRule } from '../../rule.ts';

export const disguisedFile = defineRule({
  id: 'obfuscation/disguised-file',
  title: 'A file that is not what its name says',
  kind: 'policy',
  severity: 'high',
  confidence: 'exact',
  why: 'A name that disagrees with the content, or a picture with a program behind its end, is how a program is brought past those who look.',
  fix: 'Name the file for what it is; remove what follows its end.',
  maps: { cwe: ['CWE-646'], owasp: ['AST08'], attack: ['T1036.008', 'T1027.009'] },
  reads: ['artifact:disguised', 'artifact:polyglot'],
  check: (context) =>
    context.of('artifact').map((fact) => ({ span: fact.span, message: `is ${fact.detail}` })),
});
