/**
 * What a version did when a scanner ran it in sandboxes with decoys, beside what its report says.
 */
import type { ObservedFact } from '../../../skills-index/statement/observation.ts';
import { count, digest, type Html, html, moment, untrusted } from '../../markup/markup.ts';
import { verdictBadge } from '../../markup/severity.ts';
import type { ReviewDetail } from '../../review/review.ts';
import { observedFactsShownMax } from '../limits.ts';

export function observationTitle({ observation }: ReviewDetail): string {
  return observation === undefined
    ? 'Not observed'
    : `Observed in sandboxes with decoys (${count(observation.facts.length, 'fact')})`;
}

/** The worst observation with the facts of all, or why there are none. */
export function observationPart(detail: ReviewDetail, now: number): Html {
  const { observation, lacksObservation, observationWaits = '' } = detail;
  const demand =
    lacksObservation === true
      ? html`<p class="notice">The policy asks for an observation. Until a scanner sends one, nobody can approve this version.
${untrusted(observationWaits)} By hand, with a scanner’s key: <code>skillgate observe --send ${detail.name}@${detail.version} DIR</code></p>`
      : '';
  if (observation === undefined)
    return html`${demand}<p class="empty">No scanner has run this version. The report above comes from reading alone.</p>`;
  const { by, coverage, digest: name, facts, observedAt, observer, others, verdict } = observation;
  const items = facts.slice(0, observedFactsShownMax).map(factItem);
  const more = facts.length - items.length;
  return html`${demand}<p class="summary">${verdictBadge(verdict)} ${untrusted(by)} ran it with ${untrusted(observer)} ${moment(Date.parse(observedAt), now)}: ${digest(name)}</p>
${facts.length === 0 ? html`<p class="empty">No fact speaks against this version. A program can notice that it is observed, so this proves nothing.</p>` : html`<ul class="plain-list" aria-label="what the version did">${items}${more > 0 ? html`<li>and ${more} more</li>` : ''}</ul>`}
<p class="sub">${covered(coverage)}${others.length === 0 ? '' : html` ${count(others.length, 'other observation')}, none worse: ${others.join(', ')}. The list has their facts, too.`}</p>`;
}

function factItem({ kind, level, steps, what }: ObservedFact): Html {
  return html`<li><span class="tag">${level}</span> <b>${kind}</b> <code>${untrusted(what)}</code>
<span class="sub">in ${untrusted(steps.join('; '))}</span></li>`;
}

function covered({
  blind,
  done,
  late,
  leftOut = [],
  planned,
  rounds,
}: NonNullable<ReviewDetail['observation']>['coverage']): Html {
  return html`${done} of ${count(planned, 'step')} ran, in the rounds ${untrusted(rounds.join('; '))}.
${leftOut.length === 0 ? '' : html`No time was left for ${untrusted(leftOut.join('; '))}.`}
${late === 0 ? '' : html`${count(late, 'step')} reached the time limit.`}
${blind === undefined ? '' : html`Only connections that use the proxy’s variables were seen: ${untrusted(blind)}.`}`;
}
