/** The failures that every further skill of an import would meet as well. */
import type { Problem } from '../../../skills-index/skill/problem.ts';
import type { ProblemCode } from '../../../skills-index/skill/problem-codes.ts';

const ending: readonly ProblemCode[] = [
  'interrupted',
  'registry-down',
  'registry-full',
  'key-unknown',
  'key-ended',
  'not-signed-in',
  'root-not-pinned',
  'scope-taken',
  'scope-unclaimed',
];

/** Whether no further skill of the same scope can be imported. */
export function endsImport({ code }: Problem): boolean {
  return ending.includes(code);
}
