/** The log key in force, and whether another key came before it. */
import { verifyCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';

/** Whether the log has had another key. */
export function hasRetiredLogKey({ root }: Pick<Registry, 'root'>): boolean {
  return (root.retired ?? []).some((retired) => retired.office === 'log');
}

/** Whether an earlier key signed a note. Clients accept heads of the key in force only. */
export function isByRetiredKey(registry: Pick<Registry, 'root' | 'keys'>, note: string): boolean {
  if (!hasRetiredLogKey(registry)) return false;
  try {
    verifyCheckpoint(note, { origin: registry.root.origin, key: registry.keys.log.publicKey });
    return false;
  } catch (cause) {
    if (cause instanceof Problem) return true;
    throw cause;
  }
}
