/** Text is pushed out of sight by empty space. */

import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const padding = defineRule({
  id: 'obfuscation/padding',
  title: 'Text behind a long gap',
  kind: 'malice',
  severity: 'medium',
  confidence: 'exact',
  why: 'Hundreds of empty lines or columns have one use: a reader stops before the text that follows.',
  fix: 'Remove the gap.',
  maps: { cwe: ['CWE-451'], owasp: ['AST08'], attack: ['T1027'] },
  reads: ['source'],
  check: ({ sources }) => sources.filter(({ depth }) => depth === 0).flatMap(draftsOnce),
});

const draftsOnce = remembered(draftsOf);

const emptyLinesMin = 100;

function draftsOf({ path, text, language }: TaintSource): FindingDraft[] {
  const drafts: FindingDraft[] = [];
  let empty = 0;
  let at = 0;
  for (const line of /(?:^|\n)\s{99}/.test(text) ? text.split('\n') : []) {
    if (line.trim() === '') empty++;
    else {
      const start = at + line.search(/\S/);
      if (empty >= emptyLinesMin)
        drafts.push({
          span: { path, start, end: start + 1 },
          message: `stands behind ${empty} empty lines`,
        });
      empty = 0;
    }
    at += line.length + 1;
  }
  // Data and tables are aligned by blanks; code and prose are not that wide.
  if (/^(json|yaml|text|html)$/.test(language)) return drafts;
  for (const match of text.matchAll(/(?<=\S)[ \t\u00a0\u3000]{300,}(?=[^\s|])/g)) {
    const start = match.index + match[0].length;
    const message = `stands behind ${match[0].length} blanks, right of what is shown`;
    drafts.push({ span: { path, start, end: start + 1 }, message });
  }
  return drafts;
}
