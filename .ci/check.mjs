/**
 * `npm run check`: the steps before a commit, one after the other. The first step that fails ends
 * the check, and the last line names the step and what to type next.
 */
import { spawnSync } from 'node:child_process';

const steps = [
  {
    name: 'types',
    // With four checkers, which is the default, tsc checks most types four times.
    line: 'tsc --checkers 1 --incremental --tsBuildInfoFile .cache/tsc.tsbuildinfo',
    next: 'Correct the lines that tsc names.',
  },
  {
    name: 'format and lint',
    line: 'biome check --error-on-warnings .',
    next: 'Type `npm run fix`. Correct by hand what Biome still names.',
  },
  {
    name: 'dead code',
    line: 'knip',
    next: 'Delete the files and exports that knip names, or use them.',
  },
  {
    name: 'unit tests',
    line: 'npm run -s test:unit',
    next: [
      'Type `npm run fix`: it mends lists, digests, pages of rules and sizes that are out of date.',
      'One test file again: `npm run test:unit -- test/house/docs.test.ts`.',
    ].join(' '),
  },
];

for (const { name, line, next } of steps) {
  const { status } = spawnSync(line, { shell: true, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`check: ${name} failed (${line}). ${next}`);
    process.exit(1);
  }
}
console.log(`check: green (${steps.map(({ name }) => name).join(', ')})`);
