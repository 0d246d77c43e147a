import { describe, expect, it } from 'vitest';
import {
  type LegalMove,
  movesFrom,
  requireMove,
  states,
} from '../../../registry/versions/status.ts';

describe('the moves of a version', () => {
  it('into "approved" are made by nobody’s hand', () => {
    for (const from of states) expect(movesFrom(from, 'person')).not.toContain('approved');
    expect(() => requireMove('in review', 'approved', 'person')).toThrow(/Cannot move/);
    expect(() => requireMove('quarantined', 'approved', 'approvals')).toThrow(
      expect.objectContaining({ code: 'move-illegal' }),
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
