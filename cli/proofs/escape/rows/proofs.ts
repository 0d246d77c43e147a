/** Proofs that look at the host's own files after an attempt. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Proof } from '../row.ts';
import type { EscapeWorld } from '../world.ts';

/** A path below the world's folder is there; with a pattern, a file that holds it. */
export function leaves(path: string, holding?: RegExp): Proof {
  return outside((world) => join(world.folder, path), holding);
}

/** A path of the host is there; with a pattern, a file that holds it. */
export function outside(pathOf: (world: EscapeWorld) => string, holding?: RegExp): Proof {
  return ({ world }) => {
    const path = pathOf(world);
    const found = fs.lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined || holding === undefined) return found !== undefined;
    return found.isFile() && holding.test(fs.readFileSync(path, 'utf8'));
  };
}

/** A path below the workspace has any of these bits. */
export function leavesBits(path: string, bits: number): Proof {
  return ({ world }) =>
    ((fs.lstatSync(join(world.workspace, path), { throwIfNoEntry: false })?.mode ?? 0) & bits) !==
    0;
}

/** Any name below the workspace matches. */
export function leavesName(name: RegExp): Proof {
  return ({ world }) =>
    fs
      .readdirSync(world.workspace, { recursive: true, encoding: 'utf8' })
      .some((one) => name.test(one));
}

/** A path is gone that was there before. */
export function removes(path: string): Proof {
  return ({ world }) => !fs.existsSync(join(world.folder, path));
}
