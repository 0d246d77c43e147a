/** A scan of this machine's command line: the request, the scan, and its reply. */

import { FactMemo } from '../../scanner/frontends/fact-memo.ts';
import { type ScanOptions, scanSkill, type UnreadEntry } from '../../scanner/scan.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';

export interface LocalScanRequest {
  readonly files: readonly SourceFile[];
  /** The skill's folder as reports name it. */
  readonly path: string;
  /** Entries of the folder that cannot be files of a skill. */
  readonly unread: readonly UnreadEntry[];
  /** The number of further such entries. */
  readonly unlisted?: number;
}

export type ScanReply =
  | { readonly kind: 'report'; readonly report: ScanReport }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string };

const memo = new FactMemo();

/** Scans one skill. Never throws. @param within runs each part of the scan, and may end it */
export async function replyTo(
  { files, ...options }: LocalScanRequest,
  within?: ScanOptions['within'],
): Promise<ScanReply> {
  try {
    return { kind: 'report', report: await scanSkill(files, { ...options, memo, within }) };
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    return { kind: 'failed', message: error.message, stack: error.stack ?? '' };
  }
}

/** Scans a text of ours in each frequent language, so that the code for it is compiled. */
export async function scanSample(): Promise<void> {
  const files = Object.entries(sample).map(([path, text]) => ({
    path,
    bytes: Buffer.from(text),
    mode: 0o644,
  }));
  await scanSkill(files, { path: '.', unread: [] });
}

const sample: Readonly<Record<string, string>> = {
  'SKILL.md': [
    '---\nname: sample\ndescription: Prints the headlines of a page. Use it for news.\n---',
    '# Headlines\n\nRun `scripts/print.sh` with the name of a page. Then read the [format](format.md).\n',
    '```sh\nscripts/print.sh news\n```\n\n- Show ten lines.\n',
  ].join('\n'),
  'skill.json': JSON.stringify({
    name: '@sample/sample',
    version: '1.0.0',
    commands: { print: 'scripts/print.sh' },
    capabilities: { egress: [{ url: 'https://news.example' }] },
  }),
  'scripts/print.ts': [
    "import { readFileSync } from 'node:fs';",
    'interface Page { readonly title: string }',
    'const pages = new Map<string, Page>();',
    'for (const name of process.argv.slice(2)) {',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a part of the sample program.
    '  const answer = await fetch(`https://news.example/${name}`);',
    '  if (answer.ok) pages.set(name, (await answer.json()) as Page);',
    '}',
    "console.log(process.env.HOME, [...pages.keys()].join('\\n'), readFileSync('format.md', 'utf8'));",
  ].join('\n'),
  'scripts/print.sh':
    '#!/bin/sh\nset -eu\nfor page in "$@"; do\n  curl -fsS "https://news.example/$page" | head -n 10\ndone\n',
  'scripts/print.py':
    'import os\nimport sys\n\n\ndef lines(path: str) -> list[str]:\n    with open(path) as file:\n        return file.read().split()\n\n\nif __name__ == "__main__":\n    print(os.environ.get("HOME"), lines(sys.argv[1]))\n',
};
