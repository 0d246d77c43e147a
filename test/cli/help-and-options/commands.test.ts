import { describe, expect, it } from 'vitest';
import { commandRows } from '../../../cli/help-and-options/commands.ts';
import { nearest } from '../../../skills-index/skill/text/nearest.ts';
import { skill } from '../command-line.ts';

const names = commandRows.map((row) => row.name);

describe('the table of commands', () => {
  it.each(commandRows.map((row) => [row.name, row] as const))(
    '%s has examples to paste',
    (name, row) => {
      expect(row.examples.length).toBeGreaterThan(0);
      for (const [line, does] of row.examples) {
        expect(line).toMatch(new RegExp(`^(eval "\\$\\()?skill(gate)? ${name}`));
        expect(does).not.toBe('');
      }
      expect(row.summary).toMatch(/^[a-z]/);
    },
  );

  it('names each command once, and plans none that is there', () => {
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(commandRows.map((row) => row.name))(
    '%s --help begins with its examples and names every option',
    async (name) => {
      const { exit, stdout, stderr } = await skill([...name.split(' '), '--help']);
      const row = commandRows.find((one) => one.name === name);
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
      expect(stdout.split('\n').slice(1, 4).join('\n')).toContain('Examples');
      for (const option of Object.keys(row?.options ?? {})) expect(stdout).toContain(`--${option}`);
    },
  );

  it.each([
    ['changes list', 'skillgate changes show, skillgate changes accept'],
    ['publsh', 'skillgate publish'],
    ['instal', 'skillgate install'],
    ['verfiy', 'skillgate verify'],
    ['review aprove', 'skillgate review approve'],
    ['key crate', 'skillgate key create'],
    ['approve', 'skillgate review approve'],
  ])('asks whether %s means %s', async (typed, meant) => {
    const { exit, stderr } = await skill(typed.split(' '));
    expect(exit).toBe(2);
    expect(stderr).toContain(`did you mean: ${meant}`);
  });

  it('guesses nothing for a word that is like none', async () => {
    expect(nearest('xylophone', names)).toEqual([]);
    expect((await skill(['xylophone'])).stderr).toContain(
      'skillgate help --all lists all commands',
    );
  });

  it.each([[['review']], [['key']]])(
    'shows what there is for the half command %j',
    async (argv) => {
      const { exit, stdout, stderr } = await skill(argv);
      expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
      expect(stderr).toContain(`skillgate ${argv[0]} `);
    },
  );

  it.each<[string[], object]>([
    [['publsh'], { code: 'usage', exit: 2 }],
    [['status'], { code: 'usage', exit: 2 }],
    [['status', '--fromat', 'x'], { code: 'usage', exit: 2 }],
    [['scope'], { code: 'usage', exit: 2, hint: expect.stringContaining('skillgate scope claim') }],
    [['unpublish', '@a/b@1.0.0'], { code: 'usage' }],
    [['scan', 'nowhere'], { code: 'file-not-found', exit: 3 }],
  ])(
    'answers JSON when JSON was asked for, also for a line that it did not understand: %j',
    async (argv, says) => {
      for (const format of [['--format', 'json'], ['--format=json']]) {
        const { stdout, stderr, exit } = await skill([...argv, ...format]);
        expect(JSON.parse(stdout)).toMatchObject({ schema: 'skillgate.problem/1', ...says });
        expect(stderr).toBe('');
        expect(exit).toBeGreaterThan(0);
      }
    },
  );

  it.each([
    [['--version', '--format', 'json'], 'skillgate.version/1'],
    [['--format=json', '--version'], 'skillgate.version/1'],
    [['--help', '--format', 'json'], 'skillgate.help/1'],
    [['review', '--help', '--format', 'json'], 'skillgate.help/1'],
    [['review', 'show', '--help', '--format', 'json'], 'skillgate.help/1'],
  ])('answers %j with JSON', async (argv, schema) => {
    const { stdout, exit } = await skill(argv);
    expect({ exit, schema: JSON.parse(stdout).schema }).toEqual({ exit: 0, schema });
  });
});
