/**
 * Lists the files of tests whose process V8 aborted, so that `.ci/run` runs them once more. V8 of
 * Node 24 loses track of its pages of machine code now and then, when threads and WebAssembly share
 * a process, and then traps: `jit_page_->allocations_.erase(addr) == 1`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

const abortedList = '.cache/reports/aborted.txt';

/** V8 ends its process by this signal. No test and no kernel sends it. */
const abort = /^Worker exited unexpectedly with signal SIGTRAP .* while running test files? (.+)$/;

/** @returns the files, or none when anything else went wrong beside the tests */
export function abortedFiles(errors: readonly unknown[], top: string): string[] {
  const files = errors.map((error) => {
    const cause = error instanceof Object && 'cause' in error ? error.cause : error;
    const message = cause instanceof Object && 'message' in cause ? String(cause.message) : '';
    return abort.exec(message)?.[1]?.split(', ') ?? [];
  });
  return files.some((named) => named.length === 0)
    ? []
    : files.flat().map((path) => relative(top, path));
}

export default class AbortedFiles implements Reporter {
  onTestRunEnd(_modules: readonly TestModule[], errors: readonly unknown[]): void {
    const files = abortedFiles(errors, process.cwd());
    if (files.length === 0) return;
    mkdirSync(dirname(abortedList), { recursive: true });
    writeFileSync(abortedList, `${files.join('\n')}\n`);
  }
}
