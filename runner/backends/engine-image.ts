/**
 * The image of an engine's containers: empty folders, links to libraries and links to base
 * programs. Skillgate imports the image once and pulls nothing.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { SandboxStart } from '../sandbox/sandbox.ts';
import type { Engine } from './engine-program.ts';
import { makeRoot } from './oci-root.ts';

/**
 * Returns the name of the image, which contains a digest of its content.
 * @throws Problem `sandbox-refused`
 */
export function engineImage(
  { flags, name, program }: Engine,
  { base, runFolder }: Pick<SandboxStart, 'base' | 'runFolder'>,
): string {
  const bundle = `${runFolder}/image`;
  mkdirSync(`${bundle}/rootfs`, { recursive: true });
  const plan = { programs: [], mounts: [], workingDirectory: '/', uid: 1, gid: 1 };
  const sizes = { temporaryMiB: 1, homeMiB: 1, changesMiB: 1 };
  const limits = { seconds: 1, memoryMiB: 1, outputBytes: 1, processes: 1, ...sizes };
  makeRoot(bundle, { plan: { ...plan, limits }, files: [], base });
  const settings = [
    '--sort=name',
    '--mtime=@0',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--exclude=./etc',
  ];
  const packed = spawnSync('/bin/tar', ['-C', `${bundle}/rootfs`, ...settings, '-cf', '-', '.'], {
    env: {},
  });
  const tag = `skillgate-root:${hexOf(digestOf(packed.stdout)).slice(0, 16)}`;
  const call = (args: readonly string[], input?: Buffer) =>
    spawnSync(program, [...flags, ...args], {
      env: {},
      cwd: '/',
      encoding: 'utf8',
      ...(input === undefined ? {} : { input }),
    });
  if (call(['image', 'inspect', tag]).status === 0) return tag;
  const imported = call(['import', '-', tag], packed.stdout);
  if (imported.status !== 0)
    throw new Problem(
      'sandbox-refused',
      `The sandbox did not start: ${name} did not import its image: ${imported.stderr.trim()}`,
    );
  return tag;
}
