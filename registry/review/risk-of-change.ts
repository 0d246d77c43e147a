/**
 * The parts of a version's risk that compare it with the last approved version, or that tell what a
 * model remarked and what an observation saw.
 */
import type { CapabilityKind } from '../../skills-index/skill/capability.ts';
import type { Verdict } from '../../skills-index/statement/finding.ts';
import { changeWords } from '../../skills-index/statement/prose-change.ts';
import { remarkKinds } from '../../skills-index/statement/reading.ts';
import type { CountedObservation } from '../versions/observations.ts';
import { type ChangesSince, changeNames } from './changes-since.ts';
import type { ProseSince } from './prose-since.ts';
import type { ShownReading } from './reading.ts';
import { ceiling, count, part, type RiskPart } from './risk-part.ts';

// One new sentence can be the whole attack, so every one counts. Text that readers do not see
// counts most. For a first version, `newcomer` counts instead.
export function changedProse(prose: ProseSince): RiskPart {
  switch (prose.kind) {
    case 'first':
      return part('prose', 0, '');
    case 'untold':
      return part(
        'prose',
        8,
        `Its prose cannot be compared with ${prose.since}: no scan listed the sentences of both.`,
      );
    case 'told': {
      const { since, left, change } = prose;
      const { added, addedCount, removed, novelty, isSame } = change;
      const hidden = added.filter((sentence) => sentence.isHidden).length;
      const points =
        addedCount > 0 ? 6 + 6 * novelty + (hidden > 0 ? 8 : 0) : removed > 0 ? 4 : isSame ? 0 : 2;
      const why = `${changeWords(change, since, left)}${hidden > 0 ? ` ${hidden} new but hidden.` : ''}`;
      return part('prose', left > 0 ? Math.max(points, 8) : points, why);
    }
  }
}

// What a taken-over skill needs: somewhere to send to, something to send, something to start.
const addedPoints: Readonly<Record<CapabilityKind, number>> = {
  env: 4,
  secret: 8,
  egress: 8,
  mount: 4,
  exec: 6,
  package: 0,
};
const commandPoints = 6;
const newPublisherPoints = 12;

export function changedReach(changes: ChangesSince | undefined): RiskPart {
  const names = changes === undefined ? [] : changeNames(changes);
  if (changes === undefined || names.length === 0) return part('change', 0, '');
  const points =
    changes.added.reduce((sum, { kind }) => sum + addedPoints[kind], 0) +
    changes.commands.length * commandPoints +
    (changes.isNewPublisher ? newPublisherPoints : 0);
  return part('change', points, `New since ${changes.since}: ${shortList(names)}.`);
}

const namesShownMax = 3;
const nameCharsMax = 120;

function shortList(names: readonly string[]): string {
  const shown = names
    .slice(0, namesShownMax)
    .map((name) => (name.length > nameCharsMax ? `${name.slice(0, nameCharsMax)}…` : name));
  const more = names.length - shown.length;
  return `${shown.join('; ')}${more === 0 ? '' : `; and ${more} more`}`;
}

const observedPoints: Readonly<Record<Verdict, number>> = {
  pass: 0,
  incomplete: 4,
  review: 16,
  block: ceiling.observed,
};
const observedWords: Readonly<Record<Verdict, string>> = {
  pass: 'no fact speaks against it',
  incomplete: 'not all of it ran, so something may be unseen',
  review: 'a person has to judge what it did',
  block: 'it did what no skill may do',
};

/** What the version did in sandboxes with decoys. A pass takes no points away. */
export function didWhenRun(
  observed: Pick<CountedObservation, 'verdict' | 'by'> | undefined,
): RiskPart {
  if (observed === undefined) return part('observed', 0, '');
  const { by, verdict } = observed;
  return part('observed', observedPoints[verdict], `${by} ran it: ${observedWords[verdict]}.`);
}

const firstRemarkPoints = 12;

/** What a model remarked. The remark is an opinion, so it weighs less than evidence. */
export function remarked(reading: ShownReading | undefined): RiskPart {
  const [first, ...more] = reading?.remarks ?? [];
  if (reading === undefined || first === undefined) return part('reader', 0, '');
  const others = more.length === 0 ? '' : `, and ${count(more.length, 'more remark')}`;
  return part(
    'reader',
    firstRemarkPoints + 2 * more.length,
    `${reading.model} remarks that ${remarkKinds[first.kind]} (${first.path}:${first.line})${others}.`,
  );
}
