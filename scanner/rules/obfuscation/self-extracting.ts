/** A script runs what lies behind its own end. */

import type { TaintSource } from '../../fact/source.ts';
import { milder, milderIn } from '../../fact/standing.ts';
import { draftOfFlow } from '../../flow/hosts.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const selfExtracting = defineRule({
  id: 'obfuscation/self-extracting',
  title: 'A script that unpacks itself',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'The script reads its own file and decodes or runs a part of it. Readers and tools take the real program for data.',
  fix: 'Ship the files that it unpacks, as they are.',
  maps: { cwe: ['CWE-506'], owasp: ['AST08'], attack: ['T1027.009', 'T1140'] },
  reads: ['source', 'flow:exec'],
  check: ({ of, sources }) => {
    const flows = of('flow').filter(
      ({ source, sink, span }) =>
        sink.part === 'code' && source.name === `/skills/@self/${span.path}`,
    );
    // What the flow shows needs no search.
    const shown = new Set(flows.map(({ span }) => span.path));
    return [
      ...flows.map((flow) => draftOfFlow(flow, { severity: milder('high', flow), message })),
      ...sources.filter(({ depth, path }) => depth === 0 && !shown.has(path)).flatMap(draftsOf),
    ];
  },
});

const message = 'decodes or runs a part of its own file';

const script =
  /(?:eval|Function|runInThisContext|Buffer\.from|inflateSync|gunzipSync)\s?\([^\n]{0,80}readFileSync\(\s?__filename/g;
const forms: Readonly<Partial<Record<TaintSource['language'], RegExp>>> = {
  // `tail -n +20 "$0" | base64 -d | sh`
  shell:
    /\b(?:tail|sed|awk|head|dd|grep|cut)\b[^\n|;&]{0,80}["' =]\$(?:0|\{0\}|\{?BASH_SOURCE(?:\[0\])?\}?)["']?[^\n]{0,80}\|[^\n]{0,60}\b(?:base64|openssl|xxd|gunzip|zcat|gzip|xz|tar|uudecode|bash|sh|python3?|perl|node)\b/g,
  python:
    /(?:exec|eval|marshal\.loads|b64decode|decompress|fromhex)\s?\([^\n]{0,80}(?:open\s?\(\s?__file__|Path\(\s?__file__\s?\)\.read_)|open\s?\(\s?__file__[^\n]{0,120}(?:exec|eval|b64decode|decompress|marshal)\s?[.(]/g,
  javascript: script,
  typescript: script,
};

function draftsOf(source: TaintSource): FindingDraft[] {
  const form = forms[source.language];
  if (form === undefined) return [];
  return [...source.text.matchAll(form)].map((match) => ({
    span: { path: source.path, start: match.index, end: match.index + match[0].length },
    severity: milderIn('high', source),
    message,
  }));
}
