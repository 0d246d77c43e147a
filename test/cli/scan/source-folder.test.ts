import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderDepthMax } from '../../../cli/git/commit-tree.ts';
import { findSkills } from '../../../cli/scan/find-skills.ts';
import {
  folderReasonsMax,
  readSkillFolder,
  readWholeSkill,
  unreadHashBytesMax,
  whySkipped,
} from '../../../cli/scan/source-folder.ts';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import { bundleFileBytesMax, bundleFilesMax } from '../../../skills-index/skill/bundle.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { folderWith } from '../temporary-folder.ts';

const skillMd = '---\nname: a\ndescription: b\n---\n';

async function problemIn(work: Promise<unknown>): Promise<Problem> {
  const thrown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (thrown instanceof Problem) return thrown;
  throw new Error(`no Problem but ${String(thrown)}`);
}

describe('a skill’s folder', () => {
  it('is read whole, sorted by bytes, with the bit for "may be executed"', async () => {
    const folder = folderWith({ 'SKILL.md': skillMd, 'b/run.sh': 'x', 'Z.txt': '', 'a.txt': 'a' });
    chmodSync(join(folder, 'b/run.sh'), 0o755);
    const { files, unread, skipped } = await readSkillFolder(folder);
    expect(files.map((file) => file.path)).toEqual(['SKILL.md', 'Z.txt', 'a.txt', 'b/run.sh']);
    expect(files.map((file) => (file.mode & 0o111) !== 0)).toEqual([false, false, false, true]);
    expect({ unread, skipped }).toEqual({ unread: [], skipped: [] });
  });

  const oddities: [string, (folder: string) => void, RegExp][] = [
    [
      'a link to a file outside',
      (folder) => symlinkSync('/etc/passwd', join(folder, 'x')),
      /"x" is a symbolic link/,
    ],
    [
      'a link to a folder',
      (folder) => symlinkSync('/etc', join(folder, 'x')),
      /"x" is a symbolic link/,
    ],
    [
      'a link to nothing',
      (folder) => symlinkSync('nowhere', join(folder, 'x')),
      /"x" is a symbolic link/,
    ],
    [
      'a SKILL.md that is a link',
      (folder) => symlinkSync('/etc/hostname', join(folder, 'SKILL.md')),
      /"SKILL.md" is a symbolic link/,
    ],
    [
      'a named pipe',
      (folder) => execFileSync('/usr/bin/mkfifo', [join(folder, 'x')]),
      /"x" is a named pipe/,
    ],
    [
      'a file over the limit',
      (folder) => writeFileSync(join(folder, 'x'), Buffer.alloc(bundleFileBytesMax + 1)),
      /"x" has 5242881 bytes/,
    ],
    [
      'a name that is not UTF-8',
      (folder) =>
        writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x66, 0xff])]), ''),
      /not UTF-8/,
    ],
  ];
  it.each(oddities)('is refused whole for %s', async (_, spoil, says) => {
    const folder = folderWith({ 'README.md': 'x' });
    spoil(folder);
    const problem = await problemIn(readWholeSkill(folder));
    expect(problem.code).toBe('bundle-invalid');
    expect(problem.reasons.map(({ message }) => message)).toEqual([expect.stringMatching(says)]);
  });

  it('is refused for too many folders in each other, and says which folder to name', async () => {
    const deep = 'd/'.repeat(folderDepthMax + 1);
    const problem = await problemIn(readWholeSkill(folderWith({ [`${deep}SKILL.md`]: skillMd })));
    expect(problem).toMatchObject({
      code: 'bundle-invalid',
      hint: expect.stringContaining('name the folder that holds SKILL.md'),
    });
  });

  it('keeps a setuid bit for the packer to refuse', async () => {
    const folder = folderWith({ 'SKILL.md': skillMd, x: '' });
    chmodSync(join(folder, 'x'), 0o4755);
    const { files } = await readWholeSkill(folder);
    expect(() => packBundle(files)).toThrow(/setuid/);
  });

  it('leaves git’s own folder out and says so', async () => {
    const folder = folderWith({ 'SKILL.md': skillMd, '.git/config': 'x', 'sub/.git': 'gitdir: …' });
    const { files, skipped } = await readWholeSkill(folder);
    expect(files.map((file) => file.path)).toEqual(['SKILL.md']);
    expect([...skipped].sort()).toEqual(['.git', 'sub/.git']);
  });

  it('leaves byte code out of a bundle where its source is beside it, and says so', async () => {
    const [made, alone] = [
      'scripts/__pycache__/a.cpython-312.pyc',
      '__pycache__/b.cpython-312.pyc',
    ];
    const folder = folderWith({
      'SKILL.md': skillMd,
      'scripts/a.py': '',
      [made]: '\u0001\u0001\r\n\0\0\0\0time',
      [alone]: '\u0001\u0001\r\n\0\0\0\0time',
    });
    const { files, skipped } = await readWholeSkill(folder);
    expect(files.map((file) => file.path)).toEqual(['SKILL.md', alone, 'scripts/a.py']);
    expect(skipped.map((path) => `${path}: ${whySkipped(path)}`)).toEqual([
      `${made}: Python makes it again from scripts/a.py`,
    ]);
    // Whoever judges the folder as it lies sees it: Python may run it in place of the source.
    expect((await readSkillFolder(folder)).files.map((file) => file.path)).toContain(made);
  });

  it('stops reading at the number of files that a skill may have', async () => {
    const folder = folderWith();
    for (let i = 0; i <= bundleFilesMax; i++) writeFileSync(join(folder, `f${i}`), '');
    const { files, unread } = await readSkillFolder(folder);
    expect({ files: files.length, unread: unread.length }).toEqual({
      files: bundleFilesMax,
      unread: 1,
    });
  });

  it('counts everything, also what is not listed', async () => {
    const folder = folderWith();
    const count = bundleFilesMax + folderReasonsMax + 7;
    for (let i = 0; i < count; i++) writeFileSync(join(folder, `f${i}`), '');
    const { files, unread, unlisted } = await readSkillFolder(folder);
    expect([files.length, unread.length, unlisted]).toEqual([bundleFilesMax, folderReasonsMax, 7]);
    expect((await problemIn(readWholeSkill(folder))).message).toContain(
      `${folderReasonsMax + 7} entries`,
    );
  });

  it('says the true size and digest of a file that is too large, and neither of a link', async () => {
    const folder = folderWith({ 'SKILL.md': skillMd });
    const bytes = Buffer.alloc(bundleFileBytesMax + 1, 'x');
    writeFileSync(join(folder, 'large'), bytes);
    symlinkSync('large', join(folder, 'link'));
    const { unread } = await readSkillFolder(folder);
    expect(unread.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      {
        path: 'large',
        reason: expect.stringContaining('has 5242881 bytes'),
        bytes: bytes.byteLength,
        sha256: digestOf(bytes),
      },
      { path: 'link', reason: 'is a symbolic link' },
    ]);
  });

  it('reads no digest of what is larger than can be read in bounded time, and says so', async () => {
    const folder = folderWith();
    writeFileSync(join(folder, 'huge'), '');
    truncateSync(join(folder, 'huge'), unreadHashBytesMax + 1);
    const { unread } = await readSkillFolder(folder);
    expect(unread).toEqual([
      {
        path: 'huge',
        reason: expect.stringMatching(/; too large to be hashed$/),
        bytes: unreadHashBytesMax + 1,
      },
    ]);
  });

  it.each([
    ['is not there', 'nothing', 'file-not-found'],
    ['is a file', 'file', 'file-not-found'],
    ['has no SKILL.md', 'empty', 'skill-md-missing'],
  ])('is refused when it %s', async (_, name, code) => {
    const top = folderWith({ file: 'x', 'empty/readme': 'x' });
    expect((await problemIn(readWholeSkill(join(top, name)))).code).toBe(code);
  });
});

describe('finding skills', () => {
  it('takes the outermost folder with a SKILL.md, in path order', async () => {
    const top = folderWith({
      'b/SKILL.md': '',
      'b/inner/SKILL.md': '',
      'a/x/SKILL.md': '',
      'a/y/SKILL.md': '',
      'c/readme': '',
    });
    mkdirSync(join(top, 'd'));
    symlinkSync('/etc/hostname', join(top, 'd/SKILL.md'));
    symlinkSync(join(top, 'b'), join(top, 'e'));
    const found = await findSkills(top);
    expect(found.map((path) => path.slice(top.length))).toEqual(['/a/x', '/a/y', '/b', '/d']);
    expect(await findSkills(join(top, 'b'))).toEqual([join(top, 'b')]);
  });

  it('says so when there is none', async () => {
    expect((await problemIn(findSkills(folderWith({ 'x/readme': '' })))).code).toBe(
      'skill-md-missing',
    );
  });
});
