/** What an image of the scanner contains, and what a process does that starts from the image. */
import { readSync, writeFileSync } from 'node:fs';
import { deserialize, startupSnapshot } from 'node:v8';
import { FrameReader, frameOf } from '../../scanner/worker/child-frames.ts';
import { type LocalScanRequest, replyTo } from './local-scan.ts';

const requestBytesMax = 64 * 1024 * 1024;
const chunkBytes = 64 * 1024;

// A scan loads the parsers of its languages, with their tables. The text is ours: an image must not
// contain the state that a stranger's skill left behind.
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

/**
 * Called while Node makes an image: loads everything that most scans need.
 * @param isLight leaves out the parser of TypeScript, which is half of a whole image
 */
export async function fillImage(isLight: boolean): Promise<void> {
  startupSnapshot.setDeserializeMainFunction(() => void serveScans());
  const files = Object.entries(sample)
    .filter(([path]) => !isLight || !path.endsWith('.ts'))
    .map(([path, text]) => ({
      path,
      bytes: Buffer.from(text),
      mode: path.endsWith('.sh') ? 0o755 : 0o644,
    }));
  const reply = await replyTo({ files, path: '.', unread: [] });
  if (reply.kind === 'failed') throw new Error(reply.message);
}

/**
 * Answers requests on standard input, until the input ends. Node's streams would be loaded first,
 * while the command waits.
 */
async function serveScans(): Promise<void> {
  const reader = new FrameReader(requestBytesMax);
  writeFileSync(1, frameOf(Buffer.from('ready')));
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const size = readSync(0, chunk);
    if (size === 0) return;
    const frames = reader.push(chunk.subarray(0, size));
    if (frames === undefined) process.exit(1);
    for (const frame of frames) {
      const reply = await replyTo(deserialize(frame) as LocalScanRequest);
      writeFileSync(1, frameOf(Buffer.from(JSON.stringify(reply))));
    }
  }
}
