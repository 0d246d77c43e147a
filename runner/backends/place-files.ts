/**
 * Writes a run's files below a folder of the host, for backends that cannot show them at their
 * planned paths.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { give } from '../files/owned-folder.ts';
import type { SandboxStart } from '../sandbox/sandbox.ts';

/**
 * Writes the files and returns the command and environment with their real paths: programs of this
 * host, and files below `root`.
 */
export function placeFiles(
  { command, env, files, plan }: SandboxStart,
  root: string,
): Pick<SandboxStart, 'command' | 'env'> {
  for (const folder of ['/home/skill', '/tmp']) {
    mkdirSync(`${root}${folder}`, { recursive: true });
    give(`${root}${folder}`, plan);
  }
  for (const { path, bytes, mode } of files) {
    mkdirSync(dirname(`${root}${path}`), { recursive: true });
    writeFileSync(`${root}${path}`, bytes);
    chmodSync(`${root}${path}`, Number.parseInt(mode, 8));
  }
  const programs = new Map(plan.programs.map(({ program, path }) => [`/usr/bin/${program}`, path]));
  const placed = new Set(files.map(({ path }) => path));
  return {
    command: command.map(
      (word) => programs.get(word) ?? (placed.has(word) ? `${root}${word}` : word),
    ),
    env: { ...env, HOME: `${root}/home/skill`, TMPDIR: `${root}/tmp` },
  };
}
