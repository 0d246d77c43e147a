/** Where a version came from, as its publisher signed it: rows for `status` and `review show`. */
import type { VersionAnswer } from '../registries/registry-answers.ts';
import { type Safe, safe } from '../terminal/output.ts';

/** Rows of a table; none for a version whose provenance names nothing that Skillgate knows. */
export function originRows({ source }: Pick<VersionAnswer, 'source'>): [string, Safe][] {
  if (source === null) return [];
  const { repository, ref, commit, folder, licence } = source;
  const where = safe`${repository} ${folder === '' ? '.' : folder}`;
  const at = safe`commit ${commit}${ref === null ? '' : ` of ${ref}`}`;
  return [
    ['source', where],
    ['', at],
    ...(licence === null ? [] : [['licence', safe`${licence}`] satisfies [string, Safe]]),
  ];
}
