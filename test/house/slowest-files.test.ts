import { expect, it } from 'vitest';
import { slowestFiles } from '../slowest-files.ts';

it('the end of a test run names the ten slowest files, the slowest first, with their share', () => {
  const files = Array.from({ length: 12 }, (_, i) => ({ path: `test/${i}.test.ts`, seconds: i }));
  const lines = slowestFiles(files);
  expect(lines).toHaveLength(10);
  expect(lines[0]).toBe('   11.0 s  17 %  test/11.test.ts');
  expect(lines.at(-1)).toBe('    2.0 s   3 %  test/2.test.ts');
  expect(slowestFiles([{ path: 'a', seconds: 0 }])).toEqual(['    0.0 s   0 %  a']);
});
