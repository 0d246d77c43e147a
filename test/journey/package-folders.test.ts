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
  expect(run.stdout).toMatch(printed);
});
