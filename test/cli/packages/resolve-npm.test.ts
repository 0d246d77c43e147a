import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { resolveNpm } from '../../../cli/packages/resolve-npm.ts';
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
  const { PATH } = process.env;
  const world = {
    env: { PATH, HOME: join(above, 'home') },
    now: () => new Date(),
    signal: new AbortController().signal,
  };
  const request = {
    requires: [],
    pins: new Map<string, never>(),
    index: 'https://index.invalid/',
    minimumAgeDays: 0,
  };
  // With the settings of the folder above, npm would also write its lock there.
  expect(await resolveNpm(world, request)).toMatchObject({ packages: [], tool: 'npm' });
});
