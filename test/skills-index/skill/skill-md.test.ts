import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSkillMd, type SkillMd } from '../../../skills-index/skill/authoring/skill-md.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

const parse = (text: string): SkillMd => parseSkillMd(Buffer.from(text));
const problemOf = (content: string | Uint8Array): Problem | undefined => {
  try {
    parseSkillMd(Buffer.from(content));
    return undefined;
  } catch (cause) {
    if (cause instanceof Problem) return cause;
    throw cause;
  }
};
const warningsOf = (text: string): string[] =>
  parse(text).warnings.map(({ message, place }) => `${place?.line} ${message}`);

describe('SKILL.md', () => {
  it('is read as the specification says', () => {
    const skillMd = parse(
      '---\nname: weekly-report\ndescription: Writes it.\nlicense: MIT\nallowed-tools: Bash(git add:*) Read\nmetadata:\n  version: "1.0"\n---\n# Body\n',
    );
    expect(skillMd).toEqual({
      name: 'weekly-report',
      description: 'Writes it.',
      license: 'MIT',
      version: '1.0',
      body: '# Body\n',
      bodyLine: 9,
      declared: { env: [], bins: [], allowedTools: ['Bash(git add:*)', 'Read'] },
      warnings: [],
      metadata: { version: '1.0' },
      fields: {
        name: 'weekly-report',
        description: 'Writes it.',
        license: 'MIT',
        'allowed-tools': 'Bash(git add:*) Read',
        metadata: { version: '1.0' },
      },
    });
  });

  it('may have the line ends of Windows, a byte order mark, and no body', () => {
    expect(parse('\ufeff---\r\nname: a\r\ndescription: b\r\n---\r\nc')).toMatchObject({
      name: 'a',
      description: 'b',
      body: 'c',
      bodyLine: 5,
    });
    expect(parse('---\nname: a\ndescription: b\n---')).toMatchObject({ body: '', bodyLine: 5 });
  });

  it('says on which line its body begins', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 5 }), (keys) => {
        const lines = [...new Set(keys)].map((key) => `x-${key}: 1`);
        const text = `---\ndescription: d\n${lines.map((line) => `${line}\n`).join('')}---\nBODY`;
        const { bodyLine } = parse(text);
        expect(text.split('\n')[bodyLine - 1]).toBe('BODY');
      }),
    );
  });

  it('keeps the version as it was written, from metadata before the top level', () => {
    expect(parse('---\nname: a\ndescription: b\nversion: 1.10\n---\n').version).toBe('1.10');
    expect(
      parse('---\nname: a\ndescription: b\nversion: 2.0.0\nmetadata: {version: 1.0}\n---\n')
        .version,
    ).toBe('1.0');
  });

  it('imports what OpenClaw’s metadata declares, under all of its names', () => {
    const text =
      '---\nname: a\ndescription: b\nmetadata: {"openclaw": {"requires": {"env": ["B", "A"], "bins": ["git"]}}, "clawdbot": {"requires": {"env": ["A", 7]}}}\n---\n';
    expect(parse(text).declared).toEqual({ env: ['A', 'B'], bins: ['git'], allowedTools: [] });
  });

  it('is read again with its colons quoted, and says so', () => {
    const skillMd = parse('---\nname: a\ndescription: Use when: needed\n---\n');
    expect(skillMd.description).toBe('Use when: needed');
    expect(skillMd.warnings).toMatchObject([
      { message: 'a value with a colon is not quoted', place: { line: 3 } },
    ]);
  });
});

describe('what leaves the specification without harm', () => {
  it.each([
    [
      'no name',
      '---\ndescription: b\n---\n',
      '1 SKILL.md has no name: write "name: my-skill" into its front matter',
    ],
    [
      'a misspelt key',
      '---\nname: a\ndescription: b\nlicence: MIT\n---\n',
      '4 "licence" is no key of SKILL.md; did you mean "license"?',
    ],
    [
      'a bad name',
      '---\nname: My Skill\ndescription: b\n---\n',
      '2 the name has other characters than lower-case letters of one script, digits and hyphens',
    ],
    [
      'a long description',
      `---\nname: a\ndescription: ${'x'.repeat(1025)}\n---\n`,
      '3 the description is longer than 1024 characters',
    ],
    [
      'a list of tools',
      '---\nname: a\ndescription: b\nallowed-tools: [Read]\n---\n',
      '4 allowed-tools is written as a YAML list; write one string with spaces between the tools',
    ],
    [
      'a description that YAML cuts',
      '---\nname: a\ndescription: Closes issue #12 quickly\n---\n',
      '3 YAML takes "#12 quickly" for a comment, and cuts the description there: put the whole value in quotes',
    ],
    [
      'a version at the top',
      '---\nname: a\ndescription: b\nversion: 1.0.0\n---\n',
      '4 version belongs under metadata',
    ],
  ])('is a warning: %s', (_, text, warning) => {
    expect(warningsOf(text)).toEqual([warning]);
  });
});

it('compares only some of the keys of a hostile SKILL.md with the known ones', () => {
  const lines = (count: number): string =>
    Array.from({ length: count }, (_, at) => `key${at}: 1\n`).join('');
  const text = (count: number): string =>
    `---\nname: a\ndescription: b\n${lines(count)}licence: MIT\n---\n`;
  expect(warningsOf(text(40))).toHaveLength(1);
  expect(warningsOf(text(400))).toEqual([]);
});

describe('what cannot be read', () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', '', /SKILL\.md:1: it has no front matter/],
    ['front matter without end', '---\nname: a\n', /does not end/],
    ['no description', '---\nname: a\n---\n', /SKILL\.md:2: there is no description/],
    ['broken YAML', '---\nname: a\nfoo: [\n---\n', /SKILL\.md:\d: /],
    [
      'a key twice',
      '---\ndescription: a\ndescription: b\n---\n',
      /SKILL\.md:3: Map keys must be unique/,
    ],
    ['what is not UTF-8', Buffer.from([0x2d, 0x2d, 0x2d, 0x0a, 0xff]), /not UTF-8/],
    [
      'aliases that multiply',
      `---\na: &a [x,x]\n${[...'bcdefgh'].map((key, at) => `${key}: &${key} [${Array(2).fill(`*${'abcdefg'[at]}`)}]`).join('\n')}\ndescription: d\n---\n`,
      /cannot be read/,
    ],
    [
      'very many aliases',
      `---\ndescription: d\nx: [${Array.from({ length: 500 }, (_, at) => `&a${at} x, *a${at}`).join(',')}]\n---\n`,
      /more than 20 aliases/,
    ],
    [
      'very many lists in lists',
      `---\ndescription: d\nx:\n${`${'- '.repeat(60)}x\n`.repeat(100)}---\n`,
      /more than 5000 parts/,
    ],
    ['a ring', '---\na: &a [*a, *a]\ndescription: d\n---\n', /holds itself/],
    [
      'what is very deep',
      `---\na: ${'['.repeat(20_000)}\ndescription: d\n---\n`,
      /more than 64 levels/,
    ],
    [
      'too much of it',
      `---\ndescription: d\nx: ${'y'.repeat(70_000)}\n---\n`,
      /more than 65536 bytes/,
    ],
  ])('is told: %s', (_, content, message) => {
    const problem = problemOf(content);
    expect(problem?.code).toBe('skill-md-invalid');
    expect(problem?.message).toMatch(message);
    expect(problem?.reasons[0]?.place?.line).toBeGreaterThan(0);
  });

  it('never runs a tag, nor lets a key reach a prototype', () => {
    const skillMd = parse(
      '---\ndescription: !!js/function "process.exit()"\n__proto__: {polluted: true}\nmetadata: {__proto__: {polluted: true}}\n---\n',
    );
    expect(skillMd.description).toBe('process.exit()');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect((skillMd.metadata as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each([
    ['lines of one space', ' \n'.repeat(30_000)],
    ['spaces before a key', `${' '.repeat(60_000)}y`],
    ['keys on one line', `x: {${Array.from({ length: 9_000 }, (_, at) => `k${at}`).join(',')}}`],
    ['empty lists', `x: ${'[]'.repeat(30_000)}`],
    ['open brackets', `allowed-tools: ${'a('.repeat(30_000)}`],
  ])('takes no time that grows with the square of the file: %s', (_, yaml) => {
    // A busy machine changes the processor time less than the clock.
    const begun = process.threadCpuUsage();
    try {
      parseSkillMd(Buffer.from(`---\ndescription: a: b: c\n${yaml}\n---\nx`));
    } catch (cause) {
      expect(cause).toBeInstanceOf(Problem);
    }
    const { user, system } = process.threadCpuUsage(begun);
    expect((user + system) / 1_000, 'milliseconds').toBeLessThan(600);
  });

  it('is a Problem whatever the file is', () => {
    const piece = fc.constantFrom(
      '---',
      '\n',
      'description: x',
      'a: ',
      '[',
      '{',
      '*a',
      '&a',
      '"',
      "'",
      '|',
      '>',
      '- ',
      '!!',
      '#',
      '\t',
      ': ',
      '? ',
      '%YAML 9',
      '...',
    );
    const text = fc
      .array(piece, { maxLength: 20 })
      .map((pieces) => `---\n${pieces.join('')}\n---\n`);
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), (content) => {
        const problem = problemOf(content);
        expect([undefined, 'skill-md-invalid']).toContain(problem?.code);
      }),
      { numRuns: 40 },
    );
  });
});

it.each([
  'Closes issues',
  '"Closes issue #12"',
  '>-\n  Closes issue #12',
  'Closes issues # for now',
])('says nothing of a description that YAML does not cut: %j', (description) => {
  expect(warningsOf(`---\nname: a\ndescription: ${description}\n---\n`)).toEqual([]);
});
