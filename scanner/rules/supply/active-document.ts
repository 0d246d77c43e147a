/** A document in the bundle does something when it is opened. */
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
      const severity = /macro|DDE|starts a program|embedded object/.test(fact.detail)
        ? 'high'
        : 'medium';
      return {
        span: fact.span,
        severity,
        message: `has ${fact.detail.replace(/^[^:]{1,40}: /, '')}`,
      };
    }),
});
