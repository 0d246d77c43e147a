import { describe, expect, it } from 'vitest';
import {
  type LegalMove,
  moves,
  movesFrom,
  requireMove,
  states,
  type VersionState,
} from '../../../registry/versions/status.ts';

describe('the moves of a version', () => {
  // architecture.md, "The life of a version"; `scanning → approved` by policy is not in this
  // version.
  const life: Readonly<Record<VersionState, readonly VersionState[]>> = {
    received: ['scanning', 'refused', 'quarantined', 'withdrawn'],
    scanning: ['in review', 'refused', 'quarantined', 'withdrawn'],
    'in review': ['refused', 'quarantined', 'withdrawn', 'approved'],
    approved: ['suspended', 'revoked'],
    suspended: ['approved', 'revoked'],
    revoked: [],
    refused: [],
    quarantined: ['in review', 'refused', 'withdrawn'],
    withdrawn: [],
  };

  it.each(states)('from "%s" are those of the drawing and no others', (from) => {
    expect(
      moves
        .filter((move) => move.from === from)
        .map((move) => move.to)
        .sort(),
    ).toEqual([...life[from]].sort());
  });

  it('into "approved" are made by nobody’s hand', () => {
    for (const from of states) expect(movesFrom(from, 'person')).not.toContain('approved');
    expect(() => requireMove('in review', 'approved', 'person')).toThrow(/Cannot move/);
    expect(() => requireMove('quarantined', 'approved', 'approvals')).toThrow(
      expect.objectContaining({ code: 'move-illegal' }),
    );
  });

  it('to the state that a version has are named as such', () => {
    expect(() => requireMove('suspended', 'suspended', 'statement')).toThrow(
      'The version is "suspended" already',
    );
  });

  it('that are illegal do not compile', () => {
    const legal: LegalMove = { from: 'in review', to: 'approved', by: 'approvals' };
    // @ts-expect-error a refused version stays refused
    const revived: LegalMove = { from: 'refused', to: 'approved', by: 'approvals' };
    // @ts-expect-error a person cannot approve by a move
    const byHand: LegalMove = { from: 'in review', to: 'approved', by: 'person' };
    expect([legal, revived, byHand]).toHaveLength(3);
  });
});
