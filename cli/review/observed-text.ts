/** What a version did when a scanner ran it in sandboxes with decoys, for a terminal. */
import { count, joined, type Safe, safe } from '../terminal/output.ts';
import type { ReviewAnswer } from './review-answers.ts';

const shownFacts = 30;

/** The verdict and the facts, or the words that nobody ran the version. */
export function observedText({
  lacksObservation,
  name,
  observation,
  observationWaits,
  version,
}: Pick<
  ReviewAnswer,
  'observation' | 'lacksObservation' | 'observationWaits' | 'name' | 'version'
>): Safe {
  const demand = lacksObservation
    ? [
        safe`The policy asks for an observation before anybody approves. ${observationWaits}`,
        safe`By hand, with a scanner’s key: skillgate observe --send ${name}@${version} DIR`,
      ]
    : [];
  if (observation === null)
    return joined([safe`not observed: no scanner has run this version`, ...demand], '\n');
  const { by, coverage, facts, observedAt, verdict } = observation;
  const late =
    coverage.late === 0 ? '' : `, ${count(coverage.late, 'step')} reached the time limit`;
  return joined(
    [
      safe`observed by ${by} at ${observedAt}: ${verdict}. ${coverage.done} of ${count(coverage.planned, 'step')} ran${late}`,
      ...facts
        .slice(0, shownFacts)
        .map(
          ({ kind, level, steps, what }) =>
            safe`  ${level.padEnd(6)} ${kind}: ${what}${steps[0] === undefined ? '' : ` (in ${steps[0]})`}`,
        ),
      ...(facts.length > shownFacts ? [safe`  and ${facts.length - shownFacts} more`] : []),
      ...(facts.length === 0
        ? [
            safe`  no fact speaks against the version, which proves nothing: a program can notice that it is observed`,
          ]
        : []),
      ...demand,
    ],
    '\n',
  );
}
