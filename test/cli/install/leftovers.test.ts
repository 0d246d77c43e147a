import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { dropLeftovers } from '../../../cli/install/prepare-folder.ts';
import { folderWith } from '../temporary-folder.ts';

// No process has this number: the highest is 2^22.
const dead = 9_999_999;

it('keeps what a person had changed when an installation was killed, and nothing else', () => {
  const project = folderWith({
    [`.agents/.skillgate-${dead}-edited-aB12cd/old/SKILL.md`]: 'mine',
    [`.agents/.skillgate-${dead}-edited-aB12cd/new/SKILL.md`]: 'new',
    [`.agents/.skillgate-${dead}-aB12ce/old/SKILL.md`]: 'as published',
    [`.agents/.skillgate-${process.pid}-aB12cf/old/SKILL.md`]: 'of a running installation',
  });
  dropLeftovers(project);
  const left = globSync('.agents/.*/*/*', { cwd: project }).map((path) =>
    path.replace(/interrupted-\w+/, 'interrupted'),
  );
  expect(left.sort()).toEqual([
    '.agents/.replaced-interrupted/old/SKILL.md',
    `.agents/.skillgate-${process.pid}-aB12cf/old/SKILL.md`,
  ]);
});
