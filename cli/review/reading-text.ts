/** What a model remarked about the prose of a version, for a terminal. */
import { remarkKinds } from '../../skills-index/statement/reading.ts';
import { count, joined, type Safe, safe } from '../terminal/output.ts';
import type { ReviewAnswer } from './review-answers.ts';

/** One text with a line for each remark; none where no model read the prose. */
export function readingText({ reading }: Pick<ReviewAnswer, 'reading'>): readonly Safe[] {
  if (reading === null) return [];
  const { model, remarks, unread } = reading;
  const left = unread === 0 ? '' : `, ${count(unread, 'sentence')} unread`;
  return [
    joined(
      [
        safe`the model ${model} read the prose: ${count(remarks.length, 'remark')}${left}. A remark is an opinion, and silence proves nothing`,
        ...remarks.map(
          ({ path, line, quote, kind }) =>
            safe`  ${path}:${line}  remarks that ${wordsOf(kind)}: “${quote}”`,
        ),
      ],
      '\n',
    ),
  ];
}

// A newer registry may know more kinds.
function wordsOf(kind: string): string {
  return new Map<string, string>(Object.entries(remarkKinds)).get(kind) ?? kind;
}
