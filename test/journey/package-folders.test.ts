/** Programs of larger packages, where this host has them. */
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeTestHost, reportsMount, runTest, type TestHost } from './sandbox-fixture.ts';

let host: TestHost;
beforeEach(() => {
  host = makeTestHost();
});
afterEach(() => host.remove());

const graph = `echo 'digraph { hello -> world }' | dot -Tpdf > /tmp/x.pdf`;
const program = `printf '#include <stdio.h>\\nint main() { puts("hello"); }' > /tmp/a.c`;

const page = `printf '%s' '\\documentclass{article}\\begin{document}hello $x^2$\\end{document}'`;

it.for<[string, string[], string, RegExp]>([
  ['npm', ['npm', 'npx', 'node'], 'npm --version; npx --version', /^(\d+\.\d+\.\d+\n){2}$/],
  ['gcc', ['gcc'], `${program}; gcc -o /tmp/a /tmp/a.c && /tmp/a`, /^hello\n$/],
  ['java', ['java'], `java -Xmx200m -version 2>&1`, /build/],
  [
    'graphviz and poppler',
    ['dot', 'pdftotext'],
    `${graph}; pdftotext /tmp/x.pdf -`,
    /hello\s+world/,
  ],
  [
    'chromium',
    ['chromium'],
    `chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir=/tmp/u --dump-dom 'data:text/html,<p>hello</p>' 2>/dev/null`,
    /<p>hello<\/p>/,
  ],
  [
    'soffice',
    ['soffice'],
    `printf hello > /tmp/x.txt; cd /tmp && soffice --headless --convert-to docx x.txt >/dev/null && rm x.txt && soffice --headless --convert-to pdf x.docx >/dev/null; head -c 5 x.pdf`,
    /^%PDF-$/,
  ],
  [
    'soffice calc',
    ['soffice'],
    `printf '1,2\n' > /tmp/x.csv; cd /tmp && soffice --headless --convert-to xlsx x.csv >/dev/null && soffice --headless --convert-to csv:"Text - txt - csv (StarCalc)":9,34,76 --outdir out x.xlsx >/dev/null; cat out/x.csv`,
    /^1\t2\n$/,
  ],
  [
    'pdflatex',
    ['pdflatex'],
    `cd /tmp && ${page} > x.tex; pdflatex -interaction=batchmode x.tex >/dev/null; head -c 5 x.pdf`,
    /^%PDF-$/,
  ],
  [
    'xelatex',
    ['xelatex'],
    `cd /tmp && ${page} > x.tex; xelatex -interaction=batchmode x.tex >/dev/null; head -c 5 x.pdf`,
    /^%PDF-$/,
  ],
  [
    'ffmpeg',
    ['ffmpeg', 'ffprobe'],
    `cd /tmp && ffmpeg -v error -f lavfi -i testsrc=duration=1:size=64x64:rate=10 x.mp4; ffprobe -v error -show_entries format=duration -of csv=p=0 x.mp4`,
    /^1\.0+$/m,
  ],
  [
    'drawtext of ffmpeg',
    ['ffmpeg'],
    `ffmpeg -v error -f lavfi -i testsrc=duration=1:size=64x64:rate=1 -vf drawtext=text=hi /tmp/x.mp4 && echo drawn`,
    /^drawn$/m,
  ],
  [
    'cmake',
    ['cmake', 'make', 'gcc'],
    `${program}; cd /tmp; printf 'project(a C)\nadd_executable(a a.c)' > CMakeLists.txt; cmake . >/dev/null && make >/dev/null && ./a`,
    /^hello$/m,
  ],
  ['pandoc', ['pandoc'], `echo '# hello' | pandoc -s -t html`, /<h1 [^>]*>hello<\/h1>/],
  [
    'tesseract',
    ['tesseract', 'convert'],
    `cd /tmp; convert -size 200x60 xc:white -pointsize 30 -draw "text 10,40 'hello'" x.png; tesseract x.png - 2>&1`,
    /hello/,
  ],
  [
    'ImageMagick',
    ['convert', 'identify'],
    `cd /tmp && convert -size 40x20 xc:red -resize 50% -fill black -draw "text 1,8 'a'" x.png; convert x.png x.jpg; identify -format '%m %wx%h' x.jpg`,
    /^JPEG 20x10/,
  ],
])('%s works beside a view of a folder', async ([, programs, code, printed], { skip }) => {
  skip(!programs.every((name) => existsSync(`/usr/bin/${name}`)), `this host lacks ${programs}`);
  const run = await runTest(host, {
    files: { 'probe.sh': code },
    capabilities: {
      exec: programs.map((name) => ({ program: name, why: 'test' })),
      mount: reportsMount('cow'),
    },
    limits: { seconds: 120, memoryMiB: 2000 },
  });
  expect(run.stdout, run.stderr).toMatch(printed);
});
