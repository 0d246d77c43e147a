/** Reads a file of a folder of the host without following links. */
import { readFileSync, statSync } from 'node:fs';
import { ownersOf, requireOwner } from './ownership.ts';
import { latinOf, withHandle, withParent } from './walk-folder.ts';

/**
 * The bytes of a file below a folder; undefined for a missing file, one of another user, and one
 * that is too large.
 */
export function readBelow(
  root: string,
  path: string,
  bytesMax = Number.POSITIVE_INFINITY,
): Uint8Array | undefined {
  try {
    const owners = ownersOf(statSync(root));
    return withParent(root, latinOf(path), owners, (at) =>
      withHandle(at, (self, stats) => {
        requireOwner(owners, stats);
        return stats.isFile() && stats.size <= bytesMax ? readFileSync(self) : undefined;
      }),
    );
  } catch {
    return undefined;
  }
}
