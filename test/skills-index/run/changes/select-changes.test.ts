import { describe, expect, it } from 'vitest';
import type {
  Change,
  ChangeSet,
  EntryState,
} from '../../../../skills-index/run/changes/changes.ts';
import type { HandOverRef } from '../../../../skills-index/run/changes/repositories.ts';
import {
  selectAllowed,
  selectChanges,
} from '../../../../skills-index/run/changes/select-changes.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';

const owner = { uid: 1, gid: 1 };
const states: Readonly<Record<string, EntryState>> = {
  f: { kind: 'file', sha256: digestOf(''), bytes: 0, mode: 0o644, ...owner },
  d: { kind: 'folder', mode: 0o755, ...owner },
  l: { kind: 'link', to: 'x', ...owner },
};
// `f> a` deletes the file a, `>d a` creates the folder a, and `f>f a !` changes an obeyed file a.
function changeOf(line: string): Change {
  const [kinds = '', path = '', shelf] = line.split(' ');
  const [before, after] = kinds.split('>').map((kind) => states[kind]);
  return {
    path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(shelf === '!' ? { shelf: 'obeyed' as const } : {}),
  };
}
function setOf(lines: readonly string[], mode: 'cow' | 'rw' = 'cow'): ChangeSet {
  const folder = {
    source: 'workspace:w',
    target: '/w',
    path: '/srv/w',
    id: '1:1',
    mode,
    changes: lines.map(changeOf),
    refused: [],
    conflicts: lines.map((line) => changeOf(line).path),
  };
  return {
    schema: 'skillgate.changes/2',
    run: '0f35d1a0-0000-4000-8000-000000000000',
    agent: 'a',
    skill: '@a/b',
    version: '1.0.0',
    plan: digestOf(''),
    at: '',
    folders: [folder],
  };
}
const pathsOf = (set: ChangeSet | undefined): string[] =>
  (set?.folders ?? []).flatMap(({ changes }) => changes.map(({ path }) => path));

describe('an acceptance', () => {
  it.each<[string, string[], string[], string[], string[]]>([
    ['covers plain changes', ['f>f a', '>f b'], [], ['a', 'b'], []],
    ['leaves obeyed files waiting', ['f>f a', 'f>f p !'], [], ['a'], ['p']],
    [
      'covers the obeyed file that is named',
      ['f>f a', 'f>f p !', '>f q !'],
      ['p'],
      ['a', 'p'],
      ['q'],
    ],
    ['takes a name as in the run', ['f>f p !'], ['/w/p'], ['p'], []],
    [
      'brings the new folders of a named file, and nothing else in them',
      ['>d .g !', '>d .g/w !', '>f .g/w/a !', '>f .g/w/b !'],
      ['.g/w/a'],
      ['.g', '.g/w', '.g/w/a'],
      ['.g/w/b'],
    ],
    [
      'keeps a folder while an obeyed file in it stays',
      ['f> d/p !', 'f> d/a', 'd> d'],
      [],
      ['d/a'],
      ['d/p', 'd'],
    ],
    [
      'deletes the folder when its obeyed file is named',
      ['f> d/p !', 'f> d/a', 'd> d'],
      ['d/p'],
      ['d/p', 'd/a', 'd'],
      [],
    ],
    [
      'puts nothing in the place of a folder in which an obeyed file stays',
      ['f> d/p !', 'd>l d', '>f a'],
      [],
      ['a'],
      ['d/p', 'd'],
    ],
    [
      'puts nothing into a folder that takes the place of an obeyed file',
      ['f>d p !', '>f p/x', '>f a'],
      [],
      ['a'],
      ['p', 'p/x'],
    ],
  ])('%s', (_, lines, include, accepted, rest) => {
    const split = selectChanges(setOf(lines), { include });
    expect({ accepted: pathsOf(split.accepted), rest: pathsOf(split.rest) }).toEqual({
      accepted,
      rest,
    });
    expect(split.accepted.folders.flatMap(({ conflicts }) => conflicts)).toEqual(accepted);
  });

  it.each<[string, string[], string[], string]>([
    ['a path that nobody changed', ['f>f a'], ['b'], 'No change of run'],
    ['a path in another spelling', ['>f .envrc !'], ['.ENVRC'], 'No change of run'],
    ['a folder for the files in it', ['f>f .g/a !'], ['.g'], 'No change of run'],
    ['a folder alone whose files stay', ['f> .g/a !', 'd> .g !'], ['.g'], 'it needs ".g/a"'],
  ])('refuses %s', (_, lines, include, message) => {
    expect(() => selectChanges(setOf(lines), { include })).toThrow(message);
  });

  it('refuses a path of two folders, unless the folder is named', () => {
    const set = setOf(['>f p !']);
    const two = { ...set, folders: set.folders.flatMap((one) => [one, { ...one, target: '/m' }]) };
    expect(() => selectChanges(two, { include: ['p'] })).toThrow('"p" means 2 changes of run');
    const { accepted } = selectChanges(two, { include: ['/m/p'] });
    expect(accepted.folders.map(({ target }) => target)).toEqual(['/m']);
  });

  it.each<[string, string[], string[], string[], string[]]>([
    ['with their folders', ['src/a'], [], ['src', 'src/a'], ['b', 'p']],
    ['and never an obeyed one that is not named', ['p', 'b'], [], ['b'], ['src', 'src/a', 'p']],
    ['and an obeyed one that is named', ['b'], ['p'], ['b', 'p'], ['src', 'src/a']],
  ])('of some paths covers the plain changes %s', (_, paths, include, accepted, rest) => {
    const lines = ['>d src', '>f src/a', 'f>f b', 'f>f p !'];
    const split = selectChanges(setOf(lines), {
      include,
      isWanted: (path) => paths.includes(path),
    });
    expect({ accepted: pathsOf(split.accepted), rest: pathsOf(split.rest) }).toEqual({
      accepted,
      rest,
    });
  });

  const ref = (name: string, files: string[] = []): HandOverRef => ({
    name: `refs/${name}`,
    after: '0'.repeat(40),
    commits: 1,
    shown: [],
    asks: 'it drops commits that the host has',
    files,
  });
  const withRepositories = (lines: string[]): ChangeSet => {
    const set = setOf(lines);
    const repositories = [
      { path: '', isNew: false, refs: [ref('heads/main', ['a']), ref('heads/v1'), ref('tags/v1')] },
      { path: 'sub', isNew: false, refs: [ref('heads/main', ['sub/a']), ref('heads/other')] },
    ];
    return { ...set, folders: set.folders.map((one) => ({ ...one, repositories })) };
  };
  it.each<[string, string[]]>([
    ['other', ['sub:refs/heads/other']],
    ['sub:main', ['sub:refs/heads/main']],
    ['sub:refs/heads/main', ['sub:refs/heads/main']],
    ['/w/sub:main', ['sub:refs/heads/main']],
    ['.:main', ['.:refs/heads/main']],
    ['/w/.:main', ['.:refs/heads/main']],
    ['refs/tags/v1', ['.:refs/tags/v1']],
  ])('by %s is the reference of one repository, with its files', (name, refs) => {
    const set = withRepositories(['f>f a !', 'f>f sub/a !']);
    const { accepted } = selectChanges(set, { include: [name] });
    const taken = accepted.folders.flatMap(({ repositories = [] }) =>
      repositories.flatMap(({ path, refs }) =>
        refs.map((one) => `${path === '' ? '.' : path}:${one.name}`),
      ),
    );
    expect(taken).toEqual(refs);
    expect(pathsOf(accepted)).toEqual(
      name.endsWith('main') ? [name.includes('sub') ? 'sub/a' : 'a'] : [],
    );
  });

  it('by --branch is a reference alone, and no path', () => {
    const set = withRepositories(['f>f a !', 'f>f other', 'f>f b']);
    const none = { branches: ['other'], isWanted: () => false };
    const { accepted } = selectChanges(set, none);
    expect(pathsOf(accepted)).toEqual([]);
    expect(accepted.folders[0]?.repositories?.map(({ path }) => path)).toEqual(['sub']);
    const act = (): unknown => selectChanges(set, { branches: ['b'] });
    expect(act).toThrow('No branch or tag of run');
    expect(act).toThrow(
      expect.objectContaining({
        hint: expect.stringContaining(
          'branches and tags: .:main, refs/heads/v1, refs/tags/v1, sub:main, other; see all changes',
        ),
      }),
    );
  });

  it.each([
    ['main', [], "--include '/w/.:refs/heads/main', or --include '/w/sub:refs/heads/main'"],
    ['v1', [], "--include '/w/.:refs/heads/v1', or --include '/w/.:refs/tags/v1'"],
    ['other', ['f>f other !'], "--include /w/other, or --include '/w/sub:refs/heads/other'"],
  ])('refuses %s where it means several, and names each', (name, lines, hint) => {
    const act = (): unknown => selectChanges(withRepositories(lines), { include: [name] });
    expect(act).toThrow(`means 2 changes`);
    expect(act).toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) }));
  });

  it('names a folder of the run as one word of a shell', () => {
    const set = setOf([]);
    const repositories = ['', '$(id)'].map((path) => {
      return { path, isNew: false, refs: [ref('heads/main')] };
    });
    const folders = set.folders.map((one) => ({ ...one, repositories }));
    expect(() => selectChanges({ ...set, folders }, { include: ['main'] })).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("'/w/$(id):refs/heads/main'") }),
    );
  });

  it('by the whole path is never a branch of this name', () => {
    const { accepted } = selectChanges(withRepositories(['f>f other !']), {
      include: ['/w/other'],
    });
    expect(pathsOf(accepted)).toEqual(['other']);
    expect(accepted.folders[0]?.repositories).toBe(undefined);
  });

  it('before the start covers the plain changes of rw mounts alone', () => {
    const lines = ['f>f a', 'f>f p !'];
    expect(pathsOf(selectAllowed(setOf(lines, 'rw')).accepted)).toEqual(['a']);
    expect(pathsOf(selectAllowed(setOf(lines)).accepted)).toEqual([]);
  });
});
