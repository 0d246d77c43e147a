/** The contents of a changed file: on this host, and as the run left the file. */
import { readFileSync, statSync } from 'node:fs';
import type * as changes from '../../runner/changes/public.ts';
import * as files from '../../runner/files/public.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';

export function keptOrUndefined(
  { read }: changes.WaitingChanges,
  { sha256 }: { readonly sha256: Digest },
): Uint8Array | undefined {
  try {
    return read(sha256);
  } catch (cause) {
    if (cause instanceof Problem) return undefined;
    throw cause;
  }
}

export function readBelow(root: string, path: string): Uint8Array | undefined {
  try {
    const owners = files.ownersOf(statSync(root));
    return files.withParent(root, Buffer.from(path).toString('latin1'), owners, (at) =>
      files.withHandle(at, (self, stats) => {
        files.requireOwner(owners, stats);
        return stats.isFile() ? readFileSync(self) : undefined;
      }),
    );
  } catch {
    return undefined;
  }
}
