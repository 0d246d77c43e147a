/** The content of a changed file, as the run left the file. */
import type * as changes from '../../runner/changes/public.ts';
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
