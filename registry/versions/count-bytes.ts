/** The bytes that a version takes, for quotas and operators. */
import type { Bundle } from '../../skills-index/skill/bundle.ts';

/** The bytes of the files of a version and of their list, which has this many bytes itself. */
export function bytesOf({ files }: Bundle, list: number): number {
  return files.reduce((sum, { size }) => sum + size, list);
}
