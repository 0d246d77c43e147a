import { createHash } from 'node:crypto';
import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeWheel } from '../runner/package-store/archive-maker.ts';
import { linesIn, readPage, sectionOf, typeLines } from './page-lines.ts';
import { makeStage } from './processes.ts';

const tools = makeStage();
// The page's lock comes from an index. Without a network, a uv of the test's own writes the lock,
// and the wheel is a small one with the classes that the page uses.
const stage = makeStage({ PATH: `${tools.folder}/bin:${process.env.PATH ?? ''}` });
afterAll(async () => {
  await stage.close();
  await tools.close();
});

const page = readPage('author-pdf.md');

/** The block of code after the line that names the file. */
function fileOf(path: string): string {
  const [, text = ''] =
    new RegExp(`^\`${path}\`[^\n]*:\n\n\`{3}\\w+\n(.*?)^\`{3}`, 'ms').exec(page) ?? [];
  return text;
}

const pypdf = `class PdfReader:
    def __init__(self, path):
        self.pages = [Page(text) for text in open(path).read().split("\\f")]
class Page:
    def __init__(self, text):
        self.text = text
    def extract_text(self):
        return self.text
class PdfWriter:
    def __init__(self):
        self.pages = []
    def append(self, path):
        self.pages += PdfReader(path).pages
    def write(self, path):
        open(path, "w").write("\\f".join(page.text for page in self.pages))
`;

function writeIndex(): void {
  const name = 'pypdf-7.1.0-py3-none-any.whl';
  const wheel = makeWheel({
    name: 'pypdf',
    version: '7.1.0',
    files: { 'pypdf/__init__.py': pypdf },
  });
  const sha256 = createHash('sha256').update(wheel).digest('hex');
  tools.write({
    'bin/uv': `#!/bin/sh
case "$1" in
--version) echo "uv 0.9.9 (abc)";;
*) grep -q '^pypdf' requirements.in && cat "$(dirname "$0")/../lock.toml" > pylock.toml;;
esac
`,
    'lock.toml': `lock-version = "1.0"
[[packages]]
name = "pypdf"
version = "7.1.0"
wheels = [{ name = "${name}", hashes = { sha256 = "${sha256}" } }]
`,
  });
  chmodSync(join(tools.folder, 'bin/uv'), 0o755);
  writeFileSync(join(tools.folder, name), wheel);
}

function writeFolders(): void {
  const files = ['pdf/SKILL.md', 'pdf/scripts/text.py', 'pdf/scripts/merge.py'];
  stage.write(Object.fromEntries(files.map((path) => [path, fileOf(path)])));
  stage.write({ 'papers/report.pdf': 'Hello, reader!' });
  if (process.getuid?.() === 0) chownSync(join(stage.folder, 'papers'), 65_534, 65_534);
}

function giveReasons(): void {
  const path = join(stage.folder, 'pdf/skill.json');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replaceAll(/to be confirmed[^"]*/g, 'reads and writes PDF files'));
}

describe('docs/author-pdf.md', () => {
  it('has lines that take its skill from an empty home to a run, in their order', async () => {
    writeIndex();
    writeFolders();
    const index = ['host', 'index', 'add', 'python', `file://${tools.folder}`, '--min-age', '0d'];
    expect(await stage.skill('me', ...index)).toMatchObject({ exit: 0 });
    const printed: string[] = [];
    const lines = [
      ...linesIn(sectionOf('author.md', '1. A registry and a key')),
      ...linesIn(sectionOf('reviewer.md', 'Become a reviewer')),
      ...linesIn(page),
    ];
    expect(lines.length).toBeGreaterThan(12);
    const last = await typeLines(stage, lines, (line, { out }) => {
      if (line.startsWith('lock')) giveReasons();
      if (/^(try|run) /.test(line)) printed.push(out);
    });
    const [text, merged] = ['--- page 1\nHello, reader!\n', 'both.pdf: 2 pages\n'];
    expect(printed).toEqual([text, merged, text, merged]);
    expect(last.out).toMatch(/@me\/pdf@0\.1\.0 +1 created/);
  });
});
