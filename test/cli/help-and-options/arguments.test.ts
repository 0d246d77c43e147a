import { describe, expect, it } from 'vitest';
import type { CommandRow } from '../../../cli/command.ts';
import { parseArguments } from '../../../cli/help-and-options/arguments.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

const row: CommandRow = {
  name: 'try',
  summary: 'a row for tests',
  usage: 'A [B]',
  examples: [['skillgate try a', 'try it']],
  options: {
    key: { type: 'string', value: 'NAME', summary: 'a key' },
    host: { type: 'string', multiple: true, summary: 'hosts' },
    who: { type: 'string', multiple: true, pair: true, value: 'ISSUER SUBJECT', summary: 'people' },
    plan: { type: 'boolean', short: 'p', summary: 'a plan' },
  },
  args: { min: 1, max: 2 },
  load: async () => ({ run: async () => 0 }),
};
const runRow: CommandRow = {
  ...row,
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  verbatimAfter: 2,
};

function messageOf(argv: readonly string[], of = row): string {
  try {
    parseArguments(of, argv);
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.code === 'usage') return thrown.message;
    throw thrown;
  }
  return 'taken';
}

describe('arguments', () => {
  it.each([
    [['a', '--key', 'k', '-p'], { args: ['a'], options: { key: 'k', plan: true } }],
    [['--key=k', 'a', 'b'], { args: ['a', 'b'], options: { key: 'k' } }],
    [['a', '--host', 'x', '--host=y'], { args: ['a'], options: { host: ['x', 'y'] } }],
    [['--', '--key'], { args: ['--key'], options: {} }],
    [
      ['--who', 'i', 's', 'a', '--who', 'j t u'],
      { args: ['a'], options: { who: ['i s', 'j t u'] } },
    ],
    [['a', '--who=i', 's', 'b'], { args: ['a', 'b'], options: { who: ['i s'] } }],
    [['-'], { args: ['-'], options: {} }],
    [['a', '--key=-5'], { args: ['a'], options: { key: '-5' } }],
    [['a', '--format', 'pretty'], { args: ['a'], options: { format: 'pretty' }, format: 'text' }],
    [['a', '--format=json'], { args: ['a'], options: { format: 'json' }, format: 'json' }],
  ])('takes %j', (argv, expected) => {
    expect(parseArguments(row, argv)).toMatchObject(expected);
  });

  it.each([
    [[], 'the command needs A [B]'],
    [['a', 'b', 'c'], '"c" is one argument too many'],
    [['a', '--kye', 'k'], 'there is no option --kye; did you mean --key?'],
    [['a', '--json'], 'there is no option --json; did you mean --format json?'],
    [['a', '--jsonl'], 'there is no option --jsonl'],
    [['a', '--constructor'], 'there is no option --constructor'],
    [['a', '--key'], '--key needs a value: --key NAME'],
    [['a', '--key', '--plan'], '--key needs a value: --key NAME'],
    [['a', '--key', 'k', '--key', 'l'], '--key is given twice'],
    [['a', '--who', 'i'], '--who needs two values: --who ISSUER SUBJECT'],
    [['a', '--who', 'i', '--who', 'j', 's'], '--who needs two values: --who ISSUER SUBJECT'],
    [['a', '--plan=yes'], '--plan takes no value'],
    [['a', '-x'], 'there is no option -x'],
    [['a', '--format', 'yaml'], '--format must be text or json'],
    [['a', '--format', 'jsonl'], '--format must be text or json'],
  ])('refuses %j: %s', (argv, says) => {
    expect(messageOf(argv)).toBe(`Cannot run skillgate try: ${says}`);
  });

  it.each([
    [
      ['--plan', '@a/b', 'report', '--plan', '--help'],
      { args: ['@a/b', 'report', '--plan', '--help'], options: { plan: true }, help: false },
    ],
    [
      ['@a/b', '--plan', 'report', '-x', '--', 'y'],
      { args: ['@a/b', 'report', '-x', '--', 'y'], options: { plan: true } },
    ],
    [
      ['@a/b', '--key', 'k', 'report', '--key'],
      { args: ['@a/b', 'report', '--key'], options: { key: 'k' } },
    ],
    [['@a/b', '--help'], { args: ['@a/b'], help: true }],
  ])('hands on what follows the command: %j', (argv, expected) => {
    expect(parseArguments(runRow, argv)).toMatchObject(expected);
  });

  it.each([
    [
      ['@a/b', 'report', '--plan', 'x', '--key=k', '--plan'],
      ['--plan', '--key'],
      ['--plan', '--key=k', '--plan', '@a/b', 'report', 'x'],
    ],
    [
      ['@a/b', 'report', '.', '--key', 'k', '--', '--plan'],
      ['--key'],
      ['--key', 'k', '@a/b', 'report', '.', '--', '--plan'],
    ],
  ])(
    'says of %j which own options went on: %j, and what to type instead',
    (argv, names, instead) => {
      expect(parseArguments(runRow, argv)).toMatchObject({ passedOn: { names, instead } });
    },
  );

  it.each([
    [['--', '@a/b', 'report', '--plan']],
    [['--plan', '@a/b', 'report', '--help', '--format', 'json', '--other', 'plan']],
  ])('says nothing of %j', (argv) => {
    expect(parseArguments(runRow, argv)).toMatchObject({ passedOn: undefined });
  });
});
