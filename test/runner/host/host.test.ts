import * as fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openHost } from '../../../runner/host/host.ts';
import { emptyHostPolicy } from '../../../skills-index/run/plan/host-policy.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

let top: string;
beforeEach(() => {
  top = folderWith();
  for (const name of ['reports', 'home/config', 'home/data/changes', 'home/cache'])
    fs.mkdirSync(join(top, name), { recursive: true });
});

const open = (path: string) =>
  openHost({
    hostPolicy: { ...emptyHostPolicy, workspaces: { reports: path } },
    workspaces: ['reports', 'constructor'],
    programs: [],
    ownFolders: ['config', 'data', 'cache'].map((name) => join(top, 'home', name)),
  });

describe('a workspace that host policy binds', () => {
  it.each([
    ['a folder', () => undefined, 'reports', undefined],
    [
      'a link to a folder, which is then that folder',
      () => fs.symlinkSync('reports', join(top, 'x')),
      'x',
      undefined,
    ],
    ['nothing', () => undefined, 'not-there', /ENOENT/],
    ['a file', () => fs.writeFileSync(join(top, 'x'), ''), 'x', /ENOTDIR/],
    [
      'the policy folder',
      () => undefined,
      'home/config',
      /where Skillgate keeps policy, keys and logs/,
    ],
    ['its parent', () => undefined, 'home', /where Skillgate keeps policy, keys and logs/],
    [
      'the folder of changes that wait',
      () => undefined,
      'home/data/changes',
      /where Skillgate keeps policy, keys and logs/,
    ],
    [
      'a link to the policy folder',
      () => fs.symlinkSync('home/config', join(top, 'x')),
      'x',
      /where Skillgate keeps policy, keys and logs/,
    ],
    [
      'a link to the system',
      () => fs.symlinkSync('/etc', join(top, 'x')),
      'x',
      /overlaps a folder of the system/,
    ],
  ])('to %s', (_, prepare, name, why) => {
    prepare();
    const host = open(join(top, name));
    const { reports } = host.facts.workspaces;
    expect(Object.keys(host.facts.workspaces)).toEqual(['reports']);
    host.close();
    if (why === undefined) expect(reports).toMatchObject({ path: join(top, 'reports') });
    else expect(reports).toEqual({ why: expect.stringMatching(why) });
  });

  it('stays what was judged when a link takes its place', () => {
    const host = open(join(top, 'reports'));
    fs.renameSync(join(top, 'reports'), join(top, 'away'));
    fs.symlinkSync('home/config', join(top, 'reports'));
    fs.writeFileSync(join(top, 'away/mine'), '');
    expect(fs.readdirSync(`/proc/self/fd/${host.folders.get('reports')}/`)).toEqual(['mine']);
    host.close();
  });
});
