/**
 * `npm run test:servers`, by hand: builds the programs that are missing, and runs the tests that
 * need them. Needs Go; the first run takes some minutes.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { goModules, isBuilt, serversFolder } from './programs.ts';

const tests = [
  'test/registry/store',
  'test/journey/s3-registry.test.ts',
  'test/journey/standby.test.ts',
];

for (const name of ['versitygw', 'litestream'] as const) {
  if (isBuilt(name)) continue;
  console.error(`building ${goModules[name]}`);
  execFileSync('nice', ['go', 'install', '-p', '2', goModules[name]], {
    env: { ...process.env, GOBIN: serversFolder },
    stdio: 'inherit',
  });
}
execFileSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts', ...tests],
  { cwd: fileURLToPath(new URL('../..', import.meta.url)), stdio: 'inherit' },
);
