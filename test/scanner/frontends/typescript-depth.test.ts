import { describe, expect, it } from 'vitest';
import { scanSkill } from '../../../scanner/scan.ts';

const deep = 100_000;
const skill =
  '---\nname: sample\ndescription: A sample of a skill for a test of the scanner.\n---\n# Sample\n';

async function dispositionOf(path: string, text: string): Promise<string | undefined> {
  const files = [
    { path: 'SKILL.md', bytes: Buffer.from(skill), mode: 0o644 },
    { path, bytes: Buffer.from(text), mode: 0o644 },
  ];
  const report = await scanSkill(files);
  const [file] = report.coverage.files.filter((one) => one.path === path);
  expect(report.verdict === 'pass').toBe(file?.disposition === 'analysed');
  return file?.disposition;
}

describe('TypeScript that nests or goes on without end', () => {
  it.each<[string, string]>([
    ['parentheses', `${'('.repeat(deep)}1${')'.repeat(deep)}`],
    ['lists', '['.repeat(deep) + ']'.repeat(deep)],
    ['calls', 'f('.repeat(deep) + ')'.repeat(deep)],
    ['methods of methods', `a${'.b()'.repeat(deep)}`],
    ['members of members', `a${'.b'.repeat(deep)}`],
    ['conditions', `x=${'a?b:'.repeat(deep)}c`],
    ['else if', `${'if(a){}else '.repeat(deep)}{}`],
    ['templates', `x=${'`${'.repeat(deep)}1${'}`'.repeat(deep)}`],
    ['functions', 'function f(){'.repeat(deep) + '}'.repeat(deep)],
    ['types', `type T=${'A<'.repeat(deep)}B${'>'.repeat(deep)}`],
    ['tags', `x=${'<a>'.repeat(deep)}${'</a>'.repeat(deep)}`],
    [
      'functions that call the next',
      Array.from({ length: 3_000 }, (_, i) => `function f${i}(x){return f${i + 1}(x)}`).join(''),
    ],
    [
      'classes that inherit',
      `class C0{}${Array.from(
        { length: 3_000 },
        (_, i) => `class C${i + 1} extends C${i}{g(){return this.z}}`,
      ).join('')}`,
    ],
    [
      'a function that gives itself in many returns',
      `function f(){${'if(a)return f();'.repeat(200)}}f().x=process.env.KEY;fetch(u)`,
    ],
    [
      'a generator that calls itself in many places',
      `import{join}from'node:path';function* walk(a,b){for(const n of ls(a)){const p=join(a,n);${'yield* walk(p,b);'.repeat(350)}yield{p,a}}}`,
    ],
    [
      'writes into what a long function gives',
      `const s={};function f(){${'g(1,2);'.repeat(10_000)}return s}${'f().x=process.env.KEY;'.repeat(1_500)}fetch(u)`,
    ],
  ])('is not analysed, and said so: %s', { timeout: 120_000 }, async (_, text) => {
    expect(await dispositionOf('scripts/a.tsx', text)).toBe('unanalysed');
  });

  it.each<[string, string]>([
    [
      'names for names',
      `const a0=1;${Array.from({ length: 5_000 }, (_, i) => `const a${i + 1}=a${i};`).join('')}use(a5000)`,
    ],
    ['operands', `x=${"'a'+".repeat(deep)}'b'`],
    ['a list that grows', `const l=[];${'l.push(1);'.repeat(5_000)}`],
    [
      'members of one object',
      `const o={};${Array.from({ length: 3_000 }, (_, i) => `o.a${i}=o.a${i + 1};`).join('')}`,
    ],
  ])('is analysed: %s', { timeout: 120_000 }, async (_, text) => {
    expect(await dispositionOf('scripts/a.ts', text)).toBe('analysed');
  });
});
