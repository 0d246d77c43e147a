/** Proofs that look at the host's own files after an attempt. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Proof } from '../row.ts';
import type { EscapeWorld } from '../world.ts';

/** A path below the world's folder exists; with a pattern, as a file whose text matches. */
export function leaves(path: string, pattern?: RegExp): Proof {
  return outside((world) => join(world.folder, path), pattern);
}

/** A path of the host exists; with a pattern, as a file whose text matches. */
export function outside(pathOf: (world: EscapeWorld) => string, pattern?: RegExp): Proof {
  return ({ world }) => {
    const path = pathOf(world);
    const found = fs.lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined || pattern === undefined) return found !== undefined;
    return found.isFile() && pattern.test(fs.readFileSync(path, 'utf8'));
  };
}

/** A path below the workspace has at least one of these mode bits. */
export function leavesBits(path: string, bits: number): Proof {
  return ({ world }) =>
    ((fs.lstatSync(join(world.workspace, path), { throwIfNoEntry: false })?.mode ?? 0) & bits) !==
    0;
}

/** Any name below the workspace matches. An attempt may have closed a folder to its owner. */
export function leavesName(pattern: RegExp): Proof {
  return ({ world }) => {
    spawnSync('/bin/chmod', ['-R', 'u+rwX', '--', world.workspace]);
    return fs
      .readdirSync(world.workspace, { recursive: true, encoding: 'utf8' })
      .some((name) => pattern.test(name));
  };
}

/** A path below the world's folder no longer exists. */
export function removes(path: string): Proof {
  return ({ world }) => !fs.existsSync(join(world.folder, path));
}
