/** Memory or disk is filled. */

import { joinedText } from '../../fact/joined-text.ts';
import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { milderIn } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const exhaustion = defineRule({
  id: 'resources/exhaustion',
  title: 'Memory or disk is filled',
  kind: 'malice',
  severity: 'medium',
  confidence: 'lexical',
  why: 'No task of a skill needs hundreds of gigabytes. The machine stops, with everything else on it.',
  fix: 'Work on pieces, and set a limit.',
  maps: { cwe: ['CWE-400', 'CWE-770'], owasp: ['LLM10'], attack: ['T1499'] },
  reads: ['source'],
  check: ({ sources }) =>
    sources
      .filter(({ depth, language }) => depth === 0 && Object.hasOwn(forms, language))
      .flatMap(draftsOnce),
});

const draftsOnce = remembered(draftsOf);

const script = [
  /\b(?:Buffer\.alloc(?:Unsafe)?|new (?:Array|Uint8Array|ArrayBuffer|SharedArrayBuffer))\s?\(\s?(?:\d{1,4}\s?\*\s?1024\s?\*\*\s?[34]|\d{2,4}\s?\*\s?1024(?:\s?\*\s?1024){2,3}|\d{11,}|\d{2,3}e(?:9|1\d)|1e1[0-2]|2\s?\*\*\s?3[3-9])/g,
  /\.repeat\(\s?(?:2\s?\*\*\s?(?:29|3\d)|[1-9]e(?:9|1\d)|\d{10,})\s?\)/g,
];
const shell = [
  // A stream without end into a file (the null device is no disk).
  /(?<![\w</.-])(?:cat\s+\/dev\/(?:zero|u?random)|yes(?:\s+[^\s|>;]{1,40})?)\s*>>?\s*(?!\/dev\/)["']?[\w~/$.]/g,
  /\bdd\s+if=\/dev\/(?:zero|u?random)\s+(?![^\n;|&]{0,120}\bcount=)[^\n;|&]{0,80}\bof=(?!\/dev\/)/g,
  /\bfallocate\s+-l\s?\d{3,}(?:G|T)i?B?\b|\btruncate\s+-s\s?\d{4,}(?:G|T)\b|\bfallocate\s+-l\s?\d+T/g,
];
const forms: Readonly<Partial<Record<TaintSource['language'], readonly RegExp[]>>> = {
  javascript: script,
  typescript: script,
  python: [
    /(?:["'][^"'\n]{1,8}["']|\[[^\]\n]{1,12}\]|\bbytearray\(|b["'][^"'\n]{1,8}["'])\s?\*?\s?\(?\s?(?:10\s?\*\*\s?(?:1\d|9)\b|2\s?\*\*\s?(?:3[2-9]|[4-9]\d)|1024\s?\*\*\s?[4-9]|\d{2,4}\s?\*\s?1024\s?\*\*\s?3|1 ?<< ?(?:3[3-9]|[4-9]\d))/g,
  ],
  shell,
  markdown: shell,
};

function draftsOf(source: TaintSource): FindingDraft[] {
  const { text, offsetOf } = joinedText(source);
  return (forms[source.language] ?? []).flatMap((form) =>
    [...text.matchAll(form)].map((match): FindingDraft => {
      const span = {
        path: source.path,
        start: offsetOf(match.index),
        end: offsetOf(match.index + match[0].length),
      };
      return {
        span,
        severity: milderIn('medium', source),
        message: 'fills the memory or the disk',
      };
    }),
  );
}
