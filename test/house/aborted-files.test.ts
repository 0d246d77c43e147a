import { describe, expect, it } from 'vitest';
import { abortedFiles } from '../aborted-files.ts';

const ended = (how: string) =>
  new Error('[vitest-pool]: Worker forks emitted error.', {
    cause: new Error(
      `Worker exited unexpectedly ${how} during started state while running test file /top/test/a.test.ts`,
    ),
  });

describe('the files of tests that CI runs once more', () => {
  it.each([
    ['V8 aborted their process', [ended('with signal SIGTRAP')], ['test/a.test.ts']],
    ['their process was killed', [ended('with signal SIGKILL')], []],
    ['their process ended itself', [ended('with exit code 1')], []],
    ['a test left an error behind', [ended('with signal SIGTRAP'), new Error('late')], []],
    ['nothing went wrong', [], []],
  ])('%s', (_when, errors, files) => {
    expect(abortedFiles(errors, '/top')).toEqual(files);
  });
});
