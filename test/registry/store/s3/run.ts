/**
 * `npm run test:s3`, by hand: builds the S3 server below `.cache/s3` when it is missing, and runs
 * the tests that need it. Needs Go; the first run takes about two minutes.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../../../..', import.meta.url));
const bin = `${top}.cache/s3/bin`;
const server = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';
const tests = ['test/registry/store', 'test/journey/s3-registry.test.ts'];

if (!existsSync(`${bin}/versitygw`)) {
  console.error(`building ${server}`);
  execFileSync('nice', ['go', 'install', '-p', '2', server], {
    env: { ...process.env, GOBIN: bin },
    stdio: 'inherit',
  });
}
execFileSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts', ...tests],
  { cwd: top, stdio: 'inherit' },
);
