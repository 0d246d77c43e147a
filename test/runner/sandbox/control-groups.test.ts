import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { placesFor } from '../../../runner/sandbox/control-groups.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

let root: string;
beforeEach(() => {
  root = folderWith();
});

function give(folder: string, controllers: string): void {
  mkdirSync(`${root}${folder}`, { recursive: true });
  writeFileSync(`${root}${folder}/cgroup.procs`, '');
  writeFileSync(`${root}${folder}/cgroup.subtree_control`, `${controllers}\n`);
}

const places = (own: string) =>
  Object.fromEntries(
    [...placesFor('run', root, own)].map(([name, { folder }]) => [name, folder.slice(root.length)]),
  );

describe('the place of a run’s control groups', () => {
  it('is below the runner’s own in each hierarchy of version 1', () => {
    const own = '9:pids:/\n4:memory:/jobs/7\n1:cpu,cpuacct:/\n0::/\n';
    expect(places(own)).toEqual({
      memory: '/memory/jobs/7/run',
      pids: '/pids/run',
      cpu: '/cpu/run',
    });
  });

  it.each([
    [
      'in the root of version 2',
      '/',
      '/',
      'memory pids cpu',
      { memory: '/run', pids: '/run', cpu: '/run' },
    ],
    [
      'beside a scope that was delegated',
      '/user/app.scope',
      '/user',
      'memory pids',
      { memory: '/user/run', pids: '/user/run' },
    ],
    [
      'in a group that gives on what it has',
      '/own/leaf',
      '/own/leaf',
      'pids',
      { pids: '/own/leaf/run' },
    ],
    ['nowhere when nothing is given on', '/user/app.scope', '/user', '', {}],
    ['nowhere when only a grandparent gives', '/user/a/b.scope', '/user', 'memory', {}],
  ])('is %s', (_, own, giving, controllers, expected) => {
    give(own, '');
    give(dirname(own), '');
    give(giving, controllers);
    expect(places(`0::${own}\n`)).toEqual(expected);
  });

  it('is nowhere on a host without them', () => expect(places('')).toEqual({}));
});
