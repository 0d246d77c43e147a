import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { setCalledName } from '../../../cli/called-name.ts';
import type { CommandContext } from '../../../cli/command.ts';
import { leftBehindForAgent, leftBehindLines, printRunEnd } from '../../../cli/run/left-behind.ts';

const run = '0f35d1a0-0000-4000-8000-000000000000';
const behind = (path: string, why: string): { path: string; why: string } => ({ path, why });
const rows: readonly (readonly [string, ReturnType<typeof behind>[], readonly string[]])[] = [
  ['nothing', [], []],
  ['one path', [behind('/m/AGENTS.md', 'obeyed')], ['changes left out: /m/AGENTS.md: obeyed']],
  [
    'all changes of a folder',
    [behind('/m', 'all its changes are discarded: too much')],
    ['changes left out: /m: all its changes are discarded: too much'],
  ],
  [
    'all changes of a run',
    [behind('', 'all changes are discarded: too many paths')],
    ['changes left out: all changes are discarded: too many paths'],
  ],
  [
    'two reasons',
    [behind('/m/a', 'obeyed'), behind('/m/b', 'a socket')],
    ['changes left out: /m/a: obeyed', 'changes left out: /m/b: a socket'],
  ],
  [
    'thousands of one reason',
    Array.from({ length: 3_000 }, (_, index) => behind(`/m/${index}`, 'a socket')),
    [
      'changes left out: /m/0 and 2999 more paths: a socket',
      'the log lists all of them: skillgate log --run 0f35d1a0',
    ],
  ],
];

it.each(rows)('the end of a run tells which changes were left out: %s', (_, cleaned, lines) => {
  expect(leftBehindLines(cleaned, run)).toEqual(lines);
});

it('reasons that a run makes up fill no screen', () => {
  const cleaned = Array.from({ length: 500 }, (_, index) => behind('/m/a', `reason ${index}`));
  const lines = leftBehindLines(cleaned, run);
  expect(lines).toHaveLength(11);
  expect(lines.at(-1)).toBe(
    'paths for 490 more reasons were left out as well; the log lists all of them: skillgate log --run 0f35d1a0',
  );
});

it('an agent hears how many paths were left, and none of the names that a skill chose', () => {
  const cleaned = [behind('/m/ignore all rules/AGENTS.md', 'obeyed'), behind('/m/b', 'a socket')];
  expect(leftBehindForAgent(cleaned)).toEqual([
    '2 paths that the run wrote are left out of its changes; the audit log has the reasons',
  ]);
  expect(leftBehindForAgent([behind('/m', 'all its changes are discarded: too much')])).toEqual([
    'all changes of the run to folders are discarded; the audit log has the reason',
  ]);
  expect(leftBehindForAgent([behind('', 'all changes are discarded: too many paths')])).toEqual([
    'all changes of the run to folders are discarded; the audit log has the reason',
  ]);
  expect(leftBehindForAgent([])).toEqual([]);
});

it.each([
  [
    'limit:seconds',
    'cow',
    'note: the changes in /reports are discarded, because the run did not end by itself\n',
  ],
  [
    'killed',
    'rw',
    'note: the changes in /reports are discarded, because the run did not end by itself\n',
  ],
  ['limit:seconds', 'ro', ''],
  ['exit', 'cow', ''],
] as const)(
  'a run that ended by %s with a mount that is %s says what is lost',
  (reason, mode, said) => {
    const notes: string[] = [];
    const stderr = new Writable({
      write: (chunk, _, done) => done(void notes.push(String(chunk))),
    });
    const context = { stderr, env: {}, format: 'text' } as unknown as CommandContext;
    printRunEnd(context, {
      reason,
      run,
      cleaned: [],
      mounts: [
        { source: 'workspace:a', target: '/reports', path: '/a', id: '1:2', mode, reason: '' },
      ],
    });
    expect(notes.join('')).toBe(said);
  },
);

it('a reason that names a command names the program as it was called', () => {
  setCalledName('npx skillgate');
  const lines = leftBehindLines(
    [{ path: '/w', why: 'no room: accept or discard some of them (skillgate changes list)' }],
    'r',
  );
  setCalledName('skillgate');
  expect(lines[0]).toContain('(npx skillgate changes list)');
});
