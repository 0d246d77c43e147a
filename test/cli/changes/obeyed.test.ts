import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newCommands, obeyedSection } from '../../../cli/changes/obeyed.ts';
import { inkFor } from '../../../cli/terminal/output.ts';
import type { Change, EntryState } from '../../../skills-index/run/changes/changes.ts';
import type { Repository } from '../../../skills-index/run/changes/repositories.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { folderWith } from '../temporary-folder.ts';
import { changeSetOf } from './change-set.ts';

const ink = inkFor(process.stderr, { NO_COLOR: '1' });
const owner = { uid: 1, gid: 1 };
const contents = new Map<string, Uint8Array>();
const fileOf = (text: string): EntryState => {
  const bytes = Buffer.from(text);
  contents.set(digestOf(bytes), bytes);
  return { kind: 'file', sha256: digestOf(bytes), bytes: bytes.length, mode: 0o644, ...owner };
};
const folder: EntryState = { kind: 'folder', mode: 0o755, ...owner };

function shown(
  changes: readonly Change[],
  files: Readonly<Record<string, string>> = {},
  repositories?: Repository[],
): string {
  const path = folderWith();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  const refs = repositories === undefined ? {} : { repositories };
  const set = changeSetOf([{ path, changes: [...changes], ...refs }]);
  const read = (sha256: string): Uint8Array => contents.get(sha256) ?? Buffer.alloc(0);
  const waiting = { set, digest: digestOf(''), folder: '/kept', begun: false, read };
  return obeyedSection(waiting, ink)
    .map(({ text }) => text)
    .join('\n');
}
const obeyed = (path: string, text: string, before?: string): Change => ({
  path,
  ...(before === undefined ? {} : { before: fileOf(before) }),
  after: fileOf(text),
  shelf: 'obeyed',
});

describe('changes that need a decision', () => {
  it('are listed with who obeys them, what they run, and the line to type', () => {
    const old = '{"scripts":{"test":"node --test"},"dependencies":{"a":"^1.0.0"}}';
    const fresh =
      '{"scripts":{"test":"node --test","build":"tsc","postinstall":"node x.js"},"dependencies":{"a":"^1.0.0","b":"owner/b"}}';
    const workflow = 'on: push\njobs:\n  test:\n    steps:\n      - run: |\n          npm ci\n';
    const text = shown(
      [
        obeyed('package.json', fresh, old),
        { path: '.github', after: folder, shelf: 'obeyed' },
        { path: '.github/workflows', after: folder, shelf: 'obeyed' },
        obeyed('.github/workflows/ci.yml', workflow),
        obeyed('AGENTS.md', 'obey me\n'),
        { path: 'docs/notes.md', after: fileOf('x') },
      ],
      { 'package.json': old },
    );
    expect(text.split('\n')).toEqual([
      'needs a decision: 3 changes of files that hosts or agents obey; changes accept leaves each waiting until you name its path',
      '  changed package.json in /w: npm and other tools run its scripts and fetch its packages',
      '    scripts.postinstall: "node x.js"',
      '    scripts.build: "tsc"',
      '    dependencies.b: "owner/b"',
      '  created .github/workflows/ci.yml in /w: CI runs its commands',
      '    jobs.test.steps.0.run: "npm ci\\n"',
      '  created AGENTS.md in /w: agents on this host obey it',
      '  to accept one as well: skillgate changes accept 0f35d1a0 --include package.json',
    ]);
  });

  it.each([
    ['.npmrc', 'package managers and builds obey it'],
    ['sub/.envrc', 'your shell or your tools obey it when they enter the folder'],
    ['.vscode/tasks.json', 'your editor obeys it when it opens the folder'],
    ['.husky/pre-commit', 'git on this host runs its commands as hooks'],
    ['.gitattributes', 'git on this host obeys it'],
    ['CLAUDE.md', 'agents on this host obey it'],
    ['tools/hooks/pre-push', 'a link or a setting of this host makes programs or agents obey it'],
  ])('name who obeys %s', (path, who) => {
    expect(shown([obeyed(path, 'x')])).toContain(`created ${path} in /w: ${who}`);
  });

  it('show a command with hidden characters spelled out, and nothing that acts on a terminal', () => {
    const text = shown([obeyed('package.json', '{"scripts":{"a":"rm\u200b \u001b[2Jx\u202e"}}')]);
    expect(text).not.toMatch(/[\u001b\u200b\u202e]/);
    expect(text).toContain('scripts.a: "rm');
  });

  it.each([
    ["$(id)'/AGENTS.md", `--include '$(id)'\\''/AGENTS.md'`],
    ['-x/AGENTS.md', '--include=-x/AGENTS.md'],
  ])('type the path %s as one word of a shell, and as no option', (path, words) => {
    expect(shown([obeyed(path, 'x')])).toContain(words);
  });

  it('name the branch whose commits bring the file', () => {
    const asks = 'its commits change AGENTS.md, which hosts or agents obey';
    const about = { after: '0'.repeat(40), commits: 1, shown: [], asks };
    const refs = [{ ...about, name: 'refs/heads/main', files: ['AGENTS.md'] }];
    const repositories = [{ path: '', isNew: false, refs }];
    expect(shown([obeyed('AGENTS.md', 'x')], {}, repositories)).toContain(
      'to accept this branch or tag with its files as well: skillgate changes accept 0f35d1a0 --include main',
    );
    const other = shown([obeyed('CLAUDE.md', 'x')], {}, repositories);
    expect(other).toContain(
      'needs a decision: 1 branch or tag, 1 change of files that hosts or agents obey; changes accept leaves each waiting until you name it',
    );
    expect(other.indexOf('--include main')).toBeLessThan(other.indexOf('--include CLAUDE.md'));
  });
});

describe('the commands of a file', () => {
  it.each<[string, string, string, string[]]>([
    ['package.json', '{"scripts":{"a":"x"}}', '{}', ['scripts.a: removed']],
    ['package.json', '', '{"version":"1.0.0"}', []],
    ['package.json', '', '{"scripts":{"a":"x"},"scripts":{"a":"y"}}', ['it cannot be read']],
    ['package.json', '', `{"a":${'['.repeat(100_000)}`, ['it cannot be read']],
    [
      'tasks.json',
      '',
      '{"tasks":[{"command":"sh","args":["-c","x"]}]}',
      ['tasks.0.command: "sh"', 'tasks.0.args.0: "-c"', 'tasks.0.args.1: "x"'],
    ],
    ['a.yml', '', 'a: &a [1]\nb: [*a, *a]\nrun: x', ['it cannot be read']],
    ['AGENTS.md', '', '{"scripts":{"a":"x"}}', []],
    ['package.json', '', ' '.repeat(300 * 1024), ['it is too long']],
  ])('%s: from %j to %j', (path, before, after, expected) => {
    const lines = newCommands(path, before, after.slice(0, 400_000));
    expect(lines).toHaveLength(expected.length);
    for (const [index, line] of lines.entries()) expect(line).toContain(expected[index]);
  });

  it('that runs without being called comes before the others, however many there are', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`s${at}`, 'x']));
    const [first] = newCommands(
      'package.json',
      '',
      JSON.stringify({ scripts: { ...many, preinstall: 'evil' } }),
    );
    expect(first).toBe('scripts.preinstall: "evil"');
  });
});
