import { describe, expect, it } from 'vitest';
import { Reasons } from '../../../../skills-index/trust/decision/reason.ts';

describe('the reasons against a version', () => {
  it('have no fault of the program: that one ends the decision', () => {
    const reasons = new Reasons();
    const broken = (): never => {
      throw new TypeError('no such thing');
    };
    expect(() => reasons.attempt('scan-mismatch', broken)).toThrow(TypeError);
    expect(reasons.list).toEqual([]);
  });
});
