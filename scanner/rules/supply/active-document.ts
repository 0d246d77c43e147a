/** A document in the bundle does something when it is opened. */
import { isForTests } from '../../fact/language.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const activeDocument = defineRule({
  id: 'supply/active-document',
  title: 'A document contains active content',
  kind: 'policy',
  severity: 'medium',
  confidence: 'exact',
  why: 'Macros, scripts in PDFs and external templates run on the machine of whoever opens the document, outside every sandbox of the skill.',
  fix: 'Save the document without macros, scripts and external parts.',
  maps: { cwe: ['CWE-506'], owasp: ['AST08'], attack: ['T1204.002', 'T1059'] },
  reads: ['artifact:active-content'],
  check: (context) =>
    context.of('artifact').map((fact): FindingDraft => {
      // A test of a reader of documents needs a document with an object in it.
      const isTestData = /embedded object/.test(fact.detail) && isForTests(fact.span.path);
      const acts = /macro|DDE|starts a program|embedded object/.test(fact.detail);
      const severity = acts && !isTestData ? 'high' : 'medium';
      return {
        span: fact.span,
        severity,
        message: `has ${fact.detail.replace(/^[^:]{1,40}: /, '')}`,
      };
    }),
});
