/**
 * `npm test [-- FILE…]`: the tests within a process beside the journeys through real processes,
 * which wait for half of their time. Each half writes its report below `.cache/reports`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const halves = {
  quick: ['unit', 'scanner', 'application'],
  journeys: ['journey', 'browser'],
};
const files = process.argv.slice(2);

async function runHalf(name: keyof typeof halves): Promise<number> {
  const vitest = spawn(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      ...['run', '--config', 'test/vitest.config.ts'],
      ...halves[name].flatMap((project) => ['--project', project]),
      ...['default', 'json', './test/slowest-files.ts', './test/aborted-files.ts'].flatMap(
        (reporter) => ['--reporter', reporter],
      ),
      `--outputFile.json=.cache/reports/${name}.json`,
      ...(files.length > 0 ? ['--passWithNoTests', ...files] : []),
    ],
    {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  // Whole lines, since both halves print.
  createInterface({ input: vitest.stdout }).on('line', (line) => console.log(line));
  const [code] = await once(vitest, 'close');
  return code ?? 1;
}

rmSync(new URL('../.cache/reports', import.meta.url), { recursive: true, force: true });
const codes = await Promise.all([runHalf('quick'), runHalf('journeys')]);
process.exitCode = Math.max(...codes);
