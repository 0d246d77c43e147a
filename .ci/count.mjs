// Sums the test runner's own report into one line, `N passed, N failed`. The second run of a file
// whose process V8 aborted replaces the first. A skipped test that is not on the list counts as
// failed, and so does a test file that could not be loaded, and a test command that failed without
// saying which test.
import { existsSync, readFileSync } from 'node:fs';

const status = Number(process.argv[2] ?? 1);
const allowed = new Map(
  readFileSync(new URL('allowed-skips.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t')),
);
const results = (report) => {
  const path = new URL(`../.cache/reports/${report}.json`, import.meta.url);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).testResults : [];
};
const again = results('again');
const names = new Set(again.map((file) => file.name));
const files = [...results('vitest').filter((file) => !names.has(file.name)), ...again];
for (const name of names) console.log(`V8 aborted the process of ${name}, so it ran once more`);

let passed = 0;
let failed = 0;
for (const file of files) {
  if (file.assertionResults.length === 0) {
    failed += 1;
    console.log(`no test ran in ${file.name}: ${file.message}`);
  }
  for (const test of file.assertionResults) {
    if (test.status === 'passed') passed += 1;
    else if (test.status === 'failed') failed += 1;
    else if (!allowed.get(test.fullName)) {
      failed += 1;
      console.log(`skipped, and not on .ci/allowed-skips.txt with a reason: ${test.fullName}`);
    }
  }
}
if (status !== 0 && failed === 0) {
  failed = 1;
  console.log(`the test command ended with ${status}`);
}
if (passed === 0 && failed === 0) {
  failed = 1;
  console.log('no test ran');
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
