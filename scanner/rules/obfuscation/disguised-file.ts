/** A file is not what its name says, or is two things at once. */
import { defineRule, type FindingDraft } from '../../rule.ts';

export const disguisedFile = defineRule({
  id: 'obfuscation/disguised-file',
  title: 'The content of a file contradicts its name',
  kind: 'policy',
  severity: 'high',
  confidence: 'exact',
  why: 'A name that contradicts the content, or a picture with a program behind its end, gets a program past reviewers.',
  fix: 'Give the file the name of its type. Remove what follows its end.',
  maps: { cwe: ['CWE-646'], owasp: ['AST08'], attack: ['T1036.008', 'T1027.009'] },
  reads: ['artifact:disguised', 'artifact:polyglot'],
  check: (context) =>
    context.of('artifact').map((fact): FindingDraft => {
      const draft = { span: fact.span, message: `is ${fact.detail}` };
      return otherPicture.test(fact.detail) ? { ...draft, severity: 'info' } : draft;
    }),
});

// Programs show each of these by its content, and run none.
const otherPicture =
  /^(?:PNG|JPEG|GIF|WebP|BMP|TIFF|AVIF) image named \.(?:png|jpe?g|gif|webp|bmp|tiff?|avif)$/;
