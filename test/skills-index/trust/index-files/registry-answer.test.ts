/** What a registry sends is the registry’s fault where it cannot be read. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { parseAnswer } from '../../../../skills-index/trust/index-files/index-line.ts';

const shape = v.object({ size: v.number() });
const faultOf = (content: string, valuesMax?: number): Problem => {
  try {
    parseAnswer(shape, content, 'the answer', valuesMax);
  } catch (cause) {
    if (cause instanceof Problem) return cause;
  }
  throw new Error('the answer was read');
};

describe('the answer of a registry', () => {
  it('is read from bytes and from text', () => {
    for (const content of ['{"size":3}', Buffer.from('{"size":3}')])
      expect(parseAnswer(shape, content, 'the answer')).toEqual({ size: 3 });
  });

  it('that is no JSON is its fault, and the cause tells where', () => {
    const fault = faultOf('{"size":');
    expect(fault.code).toBe('registry-answer-invalid');
    expect(fault.message).toContain('the answer');
    expect(fault.cause).toMatchObject({ code: 'json-invalid' });
  });

  it('of another shape is its fault, with each reason and nothing around it', () => {
    const fault = faultOf('{"size":"3"}');
    expect(fault.code).toBe('registry-answer-invalid');
    expect(fault.reasons).toHaveLength(1);
    expect(fault.cause).toBeUndefined();
  });

  it('has as many values as the caller allows', () => {
    expect(faultOf('{"size":3,"more":[1,2,3]}', 4).message).toContain('more than 4 values');
    expect(parseAnswer(shape, '{"size":3}', 'the answer', 4)).toEqual({ size: 3 });
  });

  it('is not blamed for a fault of the program', () => {
    const broken = v.pipe(
      v.number(),
      v.check(() => {
        throw new TypeError('no such thing');
      }),
    );
    expect(() => parseAnswer(broken, '3', 'the answer')).toThrow(TypeError);
  });
});
