import { describe, expect, it } from 'vitest';
import { makeCommitTree, parseTreeListing } from '../../../cli/git/commit-tree.ts';

/** A tree of files, and of links, whose text follows an arrow. */
function treeOf(...rows: readonly string[]) {
  const targets = new Map<string, string>();
  const listing = rows.map((row, at) => {
    const [path, target] = row.split(' -> ');
    const hash = String(at).padStart(40, '0');
    if (target !== undefined) targets.set(hash, target);
    return `${target === undefined ? '100644' : '120000'} blob ${hash}       1\t${path}\0`;
  });
  return makeCommitTree(parseTreeListing(listing.join('')), targets);
}

const shown = (tree: ReturnType<typeof treeOf>, folder: string) =>
  tree.entriesOf(folder).map((one) => ('reason' in one ? `${one.path}: ${one.reason}` : one.path));

describe('the skills of a commit', () => {
  it('are the outermost folders with a SKILL.md, each one once', () => {
    const tree = treeOf(
      'skills/b/SKILL.md',
      'skills/a/SKILL.md',
      'skills/a/inner/SKILL.md',
      'README.md',
      '.claude/skills -> ../skills',
      '.agents/a -> ../skills/a',
    );
    expect(tree.skillsBelow('')).toEqual(['skills/a', 'skills/b']);
    expect(tree.skillsBelow('skills/a/inner')).toEqual(['skills/a/inner']);
    expect(tree.skillsBelow('nowhere')).toEqual([]);
  });

  it('may have skill.md, which above skills is a page about them', () => {
    const tree = treeOf('skill.md', 'skills/skill.md', 'skills/a/SKILL.md', 'b/skill.md');
    expect(tree.skillsBelow('')).toEqual(['b', 'skills/a']);
  });

  it('are found through links where only the links are asked for', () => {
    const tree = treeOf(
      'real/a/SKILL.md',
      '.claude/skills/x -> ../../real/a',
      '.claude/y -> ../real',
    );
    expect(tree.skillsBelow('.claude')).toEqual(['.claude/skills/x']);
    expect(tree.skillsBelow('.claude/skills')).toEqual(['.claude/skills/x']);
    expect(shown(tree, '.claude/skills/x')).toEqual(['SKILL.md']);
  });
});

describe('a link of a commit', () => {
  it('is the file or folder that it names in the repository', () => {
    const tree = treeOf(
      'shared/text.md',
      'shared/more/a',
      'b/SKILL.md -> ../AGENTS.md',
      'AGENTS.md',
      'b/data -> ../shared',
      'b/twice -> data/more',
    );
    expect(tree.skillsBelow('')).toEqual(['b']);
    expect(shown(tree, 'b')).toEqual(['SKILL.md', 'data/more/a', 'data/text.md', 'twice/a']);
  });

  it.each([
    ['../../etc/passwd', 'is a symbolic link that leaves the repository'],
    ['/etc/passwd', 'is a symbolic link that leaves the repository'],
    ['../a/../../x', 'is a symbolic link that leaves the repository'],
    ['nothing', 'is a symbolic link to nothing'],
    ['x', 'is a symbolic link that cannot be followed'],
    ['.', 'is a symbolic link to a folder that has the link'],
    ['..', 'is a symbolic link to a folder that has the link'],
  ])('to %s %s', (target, reason) => {
    expect(shown(treeOf('a/SKILL.md', `a/x -> ${target}`), 'a')).toEqual([
      'SKILL.md',
      `x: ${reason}`,
    ]);
  });

  it('multiplies no files without an end', () => {
    const rows = Array.from({ length: 30 }, (_, at) => [
      `a/${at}/l -> ../${at + 1}`,
      `a/${at}/r -> ../${at + 1}`,
    ]);
    const tree = treeOf('a/SKILL.md', 'a/30/file', ...rows.flat());
    expect(() => tree.entriesOf('a')).toThrow(expect.objectContaining({ code: 'git-too-large' }));
  });
});

it('names a submodule and a file that the fetch left out', () => {
  const hash = '0'.repeat(40);
  const listing = [
    `160000 commit ${hash}       -\ta/sub`,
    `100755 blob ${hash}     BAD\ta/large`,
  ].join('\0');
  const tree = makeCommitTree(parseTreeListing(listing), new Map());
  expect(tree.entriesOf('a')).toEqual([
    { path: 'large', entry: { kind: 'file', hash, mode: 0o755 } },
    { path: 'sub', reason: 'is a submodule: another repository' },
  ]);
});
