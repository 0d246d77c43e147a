/** The failures that every further skill of an import would meet as well. */
import type { Problem } from '../../../skills-index/skill/problem.ts';
import type { ProblemCode } from '../../../skills-index/skill/problem-codes.ts';

/** `scope`: skills of another scope can still be imported. `all`: nothing can be imported. */
const reach: Readonly<Partial<Record<ProblemCode, 'scope' | 'all'>>> = {
  interrupted: 'all',
  'registry-down': 'all',
  'registry-full': 'all',
  'key-unknown': 'all',
  'key-ended': 'all',
  'not-signed-in': 'all',
  'root-not-pinned': 'all',
  'scope-taken': 'scope',
  'scope-unclaimed': 'scope',
};

/** Whether no further skill of the same scope can be imported. */
export function endsImport({ code }: Problem): boolean {
  return reach[code] !== undefined;
}

/** Whether no skill of any scope can be imported. */
export function endsMirror({ code }: Problem): boolean {
  return reach[code] === 'all';
}
