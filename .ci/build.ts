/**
 * `npm run build`: makes `dist`, the program of an installation. `--when-stale` ends at once where
 * no source is newer than `dist`. Other options go to the compiler: `--noCheck` checks no types.
 */
import { spawnSync } from 'node:child_process';
import { globSync, rmSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock, unlock } from '../runner/files/lock.ts';

const compiler = ['node_modules/typescript/bin/tsc', '-p', 'cli/tsconfig.build.json'];
// Folders count too: a file that was deleted changes the time of its folder.
const sources = [
  '{cli,registry,runner,scanner,skills-index}/**',
  '.ci/{build.ts,bundle.mjs,compiler.mjs}',
  'package-lock.json',
  'tsconfig.json',
];
const lastFile = 'dist/cli/LICENSES.txt';
const whenStale = '--when-stale';
const options = process.argv.slice(2);

// Two test runs may begin at once.
const lock = '.cache/build.lock';
while (!tryLock(lock)) await sleep(100);
try {
  if (!options.includes(whenStale) || isStale()) build();
} finally {
  unlock(lock);
}

function build(): void {
  rmSync('dist', { recursive: true, force: true });
  for (const line of [
    [...compiler, ...options.filter((option) => option !== whenStale)],
    ['.ci/bundle.mjs'],
  ]) {
    const { status } = spawnSync(process.execPath, line, { stdio: 'inherit' });
    process.exitCode = status ?? 1;
    if (status !== 0) return;
  }
}

function isStale(): boolean {
  const built = statSync(lastFile, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return globSync(sources).some((path) => statSync(path).mtimeMs > built);
}
