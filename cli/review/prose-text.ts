/**
 * New text for agents since the last approved version, for a terminal, as compared by the registry
 * from its scanner's report.
 */
import { changeWords } from '../../skills-index/statement/prose-change.ts';
import { joined, type Safe, safe } from '../terminal/output.ts';
import type { ReviewAnswer } from './review-answers.ts';

/** Several lines: a summary, then each new or changed sentence with its place. */
export function proseText({ prose }: Pick<ReviewAnswer, 'prose'>): Safe {
  if (prose?.kind === 'first')
    return safe`prose: no earlier version was approved, so all of the text is new. Static analysis cannot decide what a text makes an agent do`;
  const { change, since, left } = prose ?? { change: null, since: null, left: 0 };
  if (change === null || since === null)
    return safe`prose: the registry does not know what changed${since === null ? '' : ` since ${since}`}: read all of the text`;
  const more = change.addedCount - change.added.length;
  return joined(
    [
      safe`prose, as the registry compares it: ${changeWords(change, since, left)}`,
      ...change.added.map(
        (one) => safe`  ${one.path}:${one.line}  ${one.isHidden ? 'HIDDEN  ' : ''}${one.text}`,
      ),
      ...(more > 0 ? [safe`  and ${more} more: read the files`] : []),
    ],
    '\n',
  );
}
