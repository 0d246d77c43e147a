/**
 * States of a version and the table of its legal state changes. An illegal one does not compile,
 * and is rejected at run time.
 */
import { Problem } from '../../skills-index/skill/problem.ts';

export const states = [
  'received',
  'scanning',
  'in review',
  'approved',
  'suspended',
  'revoked',
  'refused',
  'quarantined',
  'withdrawn',
] as const;
export type VersionState = (typeof states)[number];

/** The states of a version that waits for a scan or a decision. */
export const waitingStates = [
  'received',
  'scanning',
  'in review',
  'quarantined',
] as const satisfies readonly VersionState[];

/**
 * The cause of a state change: a signed report or statement, enough approvals, a person with a
 * reason, or the author.
 */
export type Mover = 'verdict' | 'approvals' | 'statement' | 'person' | 'author';

interface MoveRow {
  readonly from: VersionState;
  readonly to: VersionState;
  readonly by: Mover;
}

/**
 * architecture.md, "The life of a version". This version has no `scanning → approved` by policy.
 */
export const moves = [
  { from: 'received', to: 'scanning', by: 'verdict' },
  { from: 'received', to: 'refused', by: 'verdict' },
  { from: 'received', to: 'quarantined', by: 'verdict' },
  { from: 'scanning', to: 'in review', by: 'verdict' },
  { from: 'scanning', to: 'refused', by: 'verdict' },
  { from: 'scanning', to: 'quarantined', by: 'verdict' },
  { from: 'in review', to: 'quarantined', by: 'verdict' },
  { from: 'quarantined', to: 'in review', by: 'person' },
  { from: 'quarantined', to: 'refused', by: 'person' },
  { from: 'in review', to: 'refused', by: 'person' },
  { from: 'received', to: 'withdrawn', by: 'author' },
  { from: 'scanning', to: 'withdrawn', by: 'author' },
  { from: 'in review', to: 'withdrawn', by: 'author' },
  { from: 'quarantined', to: 'withdrawn', by: 'author' },
  { from: 'in review', to: 'approved', by: 'approvals' },
  { from: 'approved', to: 'suspended', by: 'statement' },
  { from: 'suspended', to: 'approved', by: 'statement' },
  { from: 'approved', to: 'revoked', by: 'statement' },
  { from: 'suspended', to: 'revoked', by: 'statement' },
] as const satisfies readonly MoveRow[];

/**
 * A row of the table. It is a union, so that `move({from:'refused', to:'approved'})` is a type
 * error.
 */
export type LegalMove = (typeof moves)[number];

/** The states to which a mover may bring a version in this state. */
export function movesFrom(from: VersionState, by: Mover): VersionState[] {
  return moves.filter((row) => row.from === from && row.by === by).map((row) => row.to);
}

/**
 * Finds the row of a requested state change.
 * @throws Problem `move-illegal`
 */
export function requireMove(from: VersionState, to: VersionState, by: Mover): LegalMove {
  const row = moves.find((move) => move.from === from && move.to === to && move.by === by);
  if (row === undefined) {
    const allowed = movesFrom(from, by);
    const why =
      from === to
        ? `The version is "${from}" already`
        : `Cannot move a version from "${from}" to "${to}"`;
    throw new Problem('move-illegal', why, {
      hint:
        allowed.length === 0
          ? `"${from}" is final: publish a higher version.`
          : `From "${from}" a version can move to: ${allowed.join(', ')}.`,
    });
  }
  return row;
}

/** Why no reviewer can approve a version in this state, with the next step. */
export function notInReview(version: {
  readonly name: string;
  readonly version: string;
  readonly status: VersionState;
}): Problem {
  const { status } = version;
  const which = `${version.name}@${version.version}`;
  if (status === 'approved')
    return new Problem('move-illegal', `${which} is approved already`, {
      hint: `Nothing is left to do: skillgate install ${which} installs it.`,
    });
  return new Problem('move-illegal', `${which} is "${status}", so it cannot be approved`, {
    hint:
      status === 'refused' || status === 'withdrawn'
        ? 'The author publishes a higher version.'
        : `skillgate status ${which} shows what the version waits for.`,
  });
}
