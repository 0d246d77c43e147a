import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { resolveNpm } from '../../../cli/packages/lock-skill.ts';
import type { Resolved } from '../../../cli/packages/no-programs.ts';
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

it.each([
  [
    "npm error 404 The requested resource 'docks@*' could not be found or you do not have permission",
    'Cannot lock: https://index.invalid/ has no package docks',
  ],
  [
    "npm error 404  '@acme/docks@^1' is not in this registry.",
    'Cannot lock: https://index.invalid/ has no package @acme/docks',
  ],
  [
    'npm error code ETARGET\nnpm error notarget No matching version found for docx@^99.',
    'npm finds no versions that fit: code ETARGET notarget No matching version found for docx@^99.',
  ],
])('says why npm chose no versions: %s', async (error, message) => {
  const bin = folderWith({ npm: `#!/bin/sh\ncat >&2 <<'END'\n${error}\nEND\nexit 1\n` });
  chmodSync(join(bin, 'npm'), 0o755);
  await expect(resolveNothing(bin, `${bin}:/usr/bin:/bin`)).rejects.toThrow(message);
});

function resolveNothing(home: string, PATH = process.env.PATH): Promise<Resolved> {
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
