import { describe, expect, it } from 'vitest';
import { parseOutputs } from '../../../../cli/proofs/escape/batch.ts';

describe('what a batch tells', () => {
  it('is one line for each attempt, the first of a name', () => {
    const outputs = parseOutputs(
      '{"name":"a","output":"1"}\n{"name":"b","output":"2"}\n{"name":"a","output":"3"}\n',
    );
    expect([...outputs]).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
  });

  it.each([
    '',
    'noise',
    '{"name":"a"}',
    '{"name":1,"output":"x"}',
    'null',
    '[]',
    '{"name":"a","output":"x"',
  ])('leaves out %j', (line) => {
    expect(parseOutputs(`${line}\n`).size).toBe(0);
  });
});
