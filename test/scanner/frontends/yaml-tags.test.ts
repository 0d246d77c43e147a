import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TaintSource } from '../../../scanner/fact/source.ts';
import { Steps } from '../../../scanner/fact/steps.ts';
import { analyseYaml } from '../../../scanner/frontends/settings/yaml.ts';

function read(text: string, path = 'conf/a.yaml') {
  const source: TaintSource = {
    path,
    file: path,
    language: 'yaml',
    text,
    context: 'code',
    depth: 0,
  };
  const { embedded, unanalysed } = analyseYaml(source, { files: new Set(), steps: new Steps() });
  return {
    programs: embedded.map((program) => program.text),
    unread: unanalysed.map(({ reason }) => reason),
  };
}

const apply = '!!python/object/apply:';
const run = 'import os\nos.system("run.example")\n';

it.each([
  ['a value', `x: ${apply}os.system ["run.example"]`],
  ['a key', `? ${apply}os.system ["run.example"]\n: 1`],
  ['a key in brackets', `{${apply}os.system ["run.example"] : 1}`],
  ['a key of a key', `? {${apply}os.system ["run.example"] : 1}\n: 1`],
  ['an argument by alias', `a: &a run.example\nx: ${apply}os.system [*a]`],
  ['the name of a module in C', `x: ${apply}posix.system ["run.example"]`],
  ['arguments by name', `x: ${apply}os.system\n  args: ["run.example"]`],
  ['arguments by name and alias', `a: &a ["run.example"]\nx: ${apply}os.system\n  args: *a`],
  ['Base64', `x: ${apply}os.system [!!binary "cnVuLmV4YW1wbGU="]`],
  [
    'another handle',
    `%TAG ! tag:yaml.org,2002:python/object/apply:\n---\nx: !os.system ["run.example"]`,
  ],
  ['a whole tag', `x: !<tag:yaml.org,2002:python/object/apply:os.system> ["run.example"]`],
])('reads a call: %s', (_, text) => {
  expect(read(text)).toEqual({ programs: [run], unread: [] });
});

it.each([
  [
    'names of arguments',
    `x: ${apply}os.system\n  kwds: {command: run.example}`,
    '**{"command": "run.example"}',
  ],
  ['a truth value', `x: ${apply}subprocess.run\n  kwds: {args: a, shell: true}`, '"shell": True'],
  [
    'a call in a state',
    `!!python/object:m.C\na: ${apply}os.system ["run.example"]`,
    'os.system("run.example")',
  ],
  [
    'an anchor in the names of arguments',
    `x: ${apply}os.system\n  kwds: {a: &a run.example}\n  args: [*a]`,
    'os.system("run.example", **',
  ],
  [
    'a text that is long',
    `x: ${apply}os.system ["true${' '.repeat(9_000)}; run.example"]`,
    '; run.example',
  ],
  [
    'a method that a type has',
    '!!python/object/new:type\nargs: ["z", !!python/tuple [], {"extend": !!python/name:exec }]\nlistitems: "run()"',
    'exec("run()")',
  ],
  [
    'a method that a state has',
    '!!python/object/new:str\nargs: []\nstate: !!python/tuple\n  - "run()"\n' +
      '  - !!python/object/new:staticmethod\n    args: [0]\n    state: {update: !!python/name:exec }',
    'exec("run()")',
  ],
])('reads what an object is made of: %s', (_, text, found) => {
  const { programs, unread } = read(text);
  expect(programs.join('')).toContain(found);
  expect(unread).toEqual([]);
});

it('reads a call right below what is too deep', () => {
  const text = `${'['.repeat(201)}${apply}os.system ["run.example"]${']'.repeat(201)}`;
  expect(read(text)).toEqual({ programs: [run], unread: ['not valid YAML'] });
});

it('makes one program of tags in one another', () => {
  const text = `x: ${`${apply}m.f [`.repeat(100)}1${']'.repeat(100)}`;
  expect(read(text).programs).toEqual([`import m\n${'m.f('.repeat(100)}1${')'.repeat(100)}\n`]);
});

const nested = (items: number): string =>
  `x: ${`${apply}m.f [`.repeat(190)}${'1,'.repeat(items)}1${']'.repeat(190)}`;

it.each([1_000, 10_000])('writes each of %i items once', (items) => {
  const { programs } = read(nested(items));
  expect(programs.join('').length).toBeLessThan(nested(items).length * 2);
});

const doubled = Array.from({ length: 40 }, (_, at) => `a${at}: &a${at} [*a${at - 1}, *a${at - 1}]`);

it.each([
  ['aliases of aliases', `${doubled.slice(1).join('\n')}\nx: ${apply}m.f [*a39]`],
  ['an alias of itself', `x: &a ${apply}m.f [*a]`],
  ['very long YAML', `# ${'a'.repeat(530_000)}\nx: ${apply}m.f [1]`],
  ['a name that is none', `x: ${apply}a-b.f [1]`],
  ['YAML that is broken', `x: ${apply}m.f [1]\ny: [`],
  ['YAML that is too deep', `${'['.repeat(300)}${apply}m.f [1]${']'.repeat(300)}`],
  [
    'an alias of very many',
    `a: &a [${'b, '.repeat(5_000)}]\nb: [${'*a, '.repeat(1_000)}]\nx: ${apply}m.f [*a, ${'*a, '.repeat(1_000)}]`,
  ],
])('says that it did not read all: %s', (_, text) => {
  expect(read(text).unread).toHaveLength(1);
});

it.each([
  ['a tag of a template of a cloud', 'x: !Ref Name\ny: ['],
  ['a name of Python', 'x: !!python/name:material.extensions.emoji.twemoji'],
  ['a call', `x: ${apply}pymdownx.slugs.slugify {kwds: {case: lower}}`],
  ['YAML that is broken', 'x: [\ny: "!important"'],
])('has nothing to say about %s', (_, text) => {
  expect(read(text).unread).toEqual([]);
});

it('never throws, whatever the text', () => {
  const part = fc.constantFrom(
    apply,
    'm.f',
    ' ',
    '[',
    ']',
    '{',
    '}',
    ':',
    '? ',
    '\n',
    '- ',
    '*a',
    '&a ',
    '!',
    '"',
    'args',
    'kwds',
    'state',
    '!!python/name:exec',
    '%TAG ! x\n',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
      expect(() => read(parts.join(''))).not.toThrow();
    }),
    { numRuns: 500 },
  );
});
