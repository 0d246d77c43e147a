import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRoot } from '../../../runner/backends/oci-root.ts';
import type { SandboxStart } from '../../../runner/sandbox/sandbox.ts';
import { folderWith } from '../../cli/temporary-folder.ts';
import { limits } from '../run-limits.ts';

it('links the base programs to one folder, and shows what they read', () => {
  const bundle = folderWith();
  fs.mkdirSync(join(bundle, 'rootfs'));
  const plan = { programs: [], mounts: [], workingDirectory: '/', uid: 1, gid: 1 };
  const base = { path: '/cache/1', links: new Map(['wc', 'file'].map((name) => [name, name])) };
  const binds = makeRoot(bundle, { plan: { ...plan, limits }, files: [], base });
  const target = '/usr/libexec/skillgate';
  expect(binds).toContainEqual({ source: '/cache/1', target, writable: false });
  expect(fs.readlinkSync(join(bundle, 'rootfs/usr/bin/wc'))).toBe(`${target}/wc`);
  const magic = '/usr/share/misc/magic.mgc';
  expect(binds.some((bind) => bind.target === magic)).toBe(fs.existsSync(magic));
});

it.each([
  ['links', true],
  ['binds', false],
])('%s a program that lies in the folder of its package', (_, linksPrograms) => {
  const bundle = folderWith();
  fs.mkdirSync(join(bundle, 'rootfs'));
  const path = '/usr/lib/node_modules/npm/bin/npm-cli.js';
  const programs = [{ program: 'npm', path }];
  const plan = { programs, mounts: [], workingDirectory: '/', uid: 1, gid: 1 };
  const start = { plan: { ...plan, limits }, files: [] } as unknown as SandboxStart;
  const binds = makeRoot(bundle, start, linksPrograms);
  const at = join(bundle, 'rootfs/usr/bin/npm');
  expect(fs.lstatSync(at).isSymbolicLink()).toBe(linksPrograms);
  expect(binds.some(({ source }) => source === path)).toBe(!linksPrograms);
});
