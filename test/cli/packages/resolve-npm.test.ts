import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { resolveNpm } from '../../../cli/packages/resolve-npm.ts';
import type { Resolved } from '../../../cli/packages/resolved.ts';
import { folderWith } from '../temporary-folder.ts';

it('npm takes no settings of a folder that claims the folder of the lock', async () => {
  const above = folderWith({
    'package.json': JSON.stringify({ workspaces: ['skillgate-lock-*'] }),
    '.npmrc': 'offline=false\n',
  });
  mkdirSync(join(above, 'home'));
  const { TMPDIR } = process.env;
  onTestFinished(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  });
  process.env.TMPDIR = above;
  // With the settings of the folder above, npm would also write its lock there.
  expect(await resolveNothing(join(above, 'home'))).toMatchObject({ packages: [], tool: 'npm' });
});

it('npm takes no settings of the user', async () => {
  // With this setting, npm would write no lock.
  const home = folderWith({ '.npmrc': 'dry-run=true\n' });
  expect(await resolveNothing(home)).toMatchObject({ packages: [], tool: 'npm' });
});

function resolveNothing(home: string): Promise<Resolved> {
  const { PATH } = process.env;
  const world = {
    env: { PATH, HOME: home },
    now: () => new Date(),
    signal: new AbortController().signal,
  };
  const request = {
    requires: [],
    pins: new Map<string, never>(),
    index: 'https://index.invalid/',
    minimumAgeDays: 0,
  };
  return resolveNpm(world, request);
}
