/**
 * Tables of attacks: each row says what is changed, and which code it has to be refused with; each
 * table has rows that are accepted.
 */
import { describe, expect, it } from 'vitest';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ProblemCode } from '../../skills-index/skill/problem-codes.ts';

/** A sentence, the attempt, and what has to become of it. */
export type Attack = readonly [
  says: string,
  attempt: () => unknown,
  outcome: 'accepted' | ProblemCode,
];

/** Each row is a test. A table without a control would also pass where everything is refused. */
export function attacks(group: string, rows: readonly Attack[]): void {
  describe(group, () => {
    it('is a table with a row that is accepted, and no sentence twice', () => {
      expect(rows.some(([, , outcome]) => outcome === 'accepted')).toBe(true);
      expect(new Set(rows.map(([says]) => says)).size).toBe(rows.length);
    });
    it.each(rows.map(([says, attempt, outcome]) => ({ says, attempt, outcome })))(
      '$says: $outcome',
      async (row) => {
        expect(await outcomeOf(row.attempt)).toBe(row.outcome);
      },
    );
  });
}

/** `accepted`, or the code of the Problem. Whatever else is thrown is a defect, and shown. */
export async function outcomeOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
    return 'accepted';
  } catch (cause) {
    return cause instanceof Problem ? cause.code : `not a Problem: ${cause}`;
  }
}
