import { describe, expect, it } from 'vitest';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { decisionHints, Reasons } from '../../../../skills-index/trust/decision/reason.ts';

describe('the reasons against a version', () => {
  it('have a next step each, and a part of the evidence only where one is named', () => {
    const reasons = new Reasons();
    reasons.add('scan-mismatch', 'another report');
    reasons.add('subject-mismatch', 'other bytes', 'scan');
    expect(reasons.list).toStrictEqual([
      { code: 'scan-mismatch', message: 'another report', hint: decisionHints['scan-mismatch'] },
      {
        code: 'subject-mismatch',
        message: 'other bytes',
        hint: decisionHints['subject-mismatch'],
        part: 'scan',
      },
    ]);
  });

  it('are added where a condition fails, and nowhere else', () => {
    const reasons = new Reasons();
    reasons.demand(true, 'revoked', 'it holds');
    reasons.demand(false, 'suspended', 'it fails');
    expect(reasons.list.map(({ message }) => message)).toEqual(['it fails']);
  });

  it('have the fault of evidence that cannot be read, and let the result of reading through', () => {
    const reasons = new Reasons();
    expect(reasons.attempt('scan-mismatch', () => 7)).toBe(7);
    const read = (): never => {
      throw new Problem('statement-invalid', 'it cannot be read');
    };
    expect(reasons.attempt('scan-mismatch', read)).toBeUndefined();
    expect(reasons.list).toMatchObject([{ code: 'scan-mismatch', message: 'it cannot be read' }]);
  });

  it('have no fault of the program: that one ends the decision', () => {
    const reasons = new Reasons();
    const broken = (): never => {
      throw new TypeError('no such thing');
    };
    expect(() => reasons.attempt('scan-mismatch', broken)).toThrow(TypeError);
    expect(reasons.list).toEqual([]);
  });
});
