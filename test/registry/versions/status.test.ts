import { describe, expect, it } from 'vitest';
import { movesFrom, requireMove, states } from '../../../registry/versions/status.ts';

describe('the moves of a version', () => {
  it('into "approved" are made by nobody’s hand', () => {
    for (const from of states) expect(movesFrom(from, 'person')).not.toContain('approved');
    expect(() => requireMove('in review', 'approved', 'person')).toThrow(/Cannot move/);
    expect(() => requireMove('quarantined', 'approved', 'approvals')).toThrow(
      expect.objectContaining({ code: 'move-illegal' }),
    );
  });
});
