import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { originOf, provenancePredicate } from '../../cli/publish/provenance.ts';
import { readWholeSkill } from '../../cli/scan/source-folder.ts';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import { folderWith } from '../cli/temporary-folder.ts';

function repository(remote?: string) {
  const top = folderWith({
    'skills/a/SKILL.md': '---\nname: a\ndescription: b\n---\n',
    'skills/a/run.sh': 'echo',
    other: 'x',
  });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.example', ...args], {
      cwd: top,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  git('init', '-q');
  if (remote !== undefined) git('remote', 'add', 'origin', remote);
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  const folder = join(top, 'skills/a');
  return {
    folder,
    commit: git('rev-parse', 'HEAD'),
    originNow: async () => originOf(folder, packBundle((await readWholeSkill(folder)).files)),
  };
}

describe('where a bundle came from', () => {
  it('is a repository and the commit that holds exactly its bytes, without the user’s password', async () => {
    const { commit, originNow } = repository('https://user:secret@git.example/acme/skills.git');
    const found = await originNow();
    expect(found).toEqual({
      kind: 'origin',
      origin: {
        repository: 'https://git.example/acme/skills.git',
        commit,
        folder: 'skills/a',
        tree: expect.stringMatching(/^[0-9a-f]{40}$/),
      },
    });
    const origin = found.kind === 'origin' ? found.origin : undefined;
    expect(origin && JSON.stringify(provenancePredicate(origin, 'skillgate 0'))).toContain(commit);
  });

  it.each<[string, (folder: string) => void, RegExp]>([
    [
      'a changed file',
      (folder) => writeFileSync(join(folder, 'run.sh'), 'curl'),
      /"run.sh" differs from commit/,
    ],
    [
      'a file that was not committed',
      (folder) => writeFileSync(join(folder, 'new.sh'), ''),
      /"new.sh" differs from commit/,
    ],
  ])('is not claimed for %s', async (_, change, why) => {
    const { folder, originNow } = repository('https://git.example/acme/skills.git');
    change(folder);
    expect(await originNow()).toMatchObject({ kind: 'none', why: expect.stringMatching(why) });
  });

  it('is not claimed without a remote or outside of git', async () => {
    expect(await repository().originNow()).toMatchObject({
      why: expect.stringMatching(/no remote/),
    });
    const folder = folderWith({ 'SKILL.md': 'x' });
    expect(await originOf(folder, packBundle((await readWholeSkill(folder)).files))).toMatchObject({
      why: expect.stringMatching(/not in a git work tree .*\. Commit the folder first/),
    });
  });

  it('is not claimed for a folder that nobody committed', async () => {
    const { folder } = repository('https://git.example/acme/skills.git');
    const beside = join(folder, '../b');
    cpSync(folder, beside, { recursive: true });
    const packed = packBundle((await readWholeSkill(beside)).files);
    expect(await originOf(beside, packed)).toMatchObject({
      kind: 'none',
      why: expect.stringMatching(
        /^commit \w{12} does not have the folder\. Commit the folder first/,
      ),
    });
  });

  it('starts no program that the repository’s own config names', async () => {
    const { folder, originNow } = repository('https://git.example/acme/skills.git');
    const witness = join(folderWith(), 'ran');
    const config = `[core]\n\tfsmonitor = touch ${witness}\n[filter "x"]\n\tclean = touch ${witness}\n`;
    writeFileSync(join(folder, '../../.git/config'), config, { flag: 'a' });
    writeFileSync(join(folder, '../../.git/info/attributes'), '* filter=x\n');
    await originNow();
    expect(() => execFileSync('test', ['-e', witness])).toThrow();
  });
});
