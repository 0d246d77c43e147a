import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines } from '../../../cli/publish/manifest.ts';

const lines = fc
  .array(fc.constantFrom('{', '}', '  "a": 1,', '  "b": 2,', ''), { maxLength: 12 })
  .map((some) => `x\n${some.join('\n')}\ny\n`);

describe('the difference of two manifests', () => {
  it('holds both: without what is put in it is the old text, without what is taken out the new', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const diff = diffLines(before, after);
        const side = (sign: string) =>
          diff.filter((one) => one.sign !== sign).map(({ text }) => text);
        expect(side('+')).toEqual(before.trimEnd().split('\n'));
        expect(side('-')).toEqual(after.trimEnd().split('\n'));
      }),
    );
  });

  it('keeps what is the same in its place', () => {
    expect(
      diffLines('{\n  "a": 1\n}\n', '{\n  "a": 1,\n  "b": 2\n}\n').map(
        ({ sign, text }) => sign + text,
      ),
    ).toEqual([' {', '-  "a": 1', '+  "a": 1,', '+  "b": 2', ' }']);
  });

  it('is nothing but lines that stay for the same text, whatever its line ends', () => {
    expect(diffLines('{\r\n}\r\n', '{\n}\n').every(({ sign }) => sign === ' ')).toBe(true);
  });
});
