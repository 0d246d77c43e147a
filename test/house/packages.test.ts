import { expect, it } from 'vitest';
import { productionPackages } from '../../.ci/packages.ts';

it('has an installation fetch these packages; the build contains the others', () => {
  const lockfile = new URL('../../package-lock.json', import.meta.url);
  expect([...productionPackages(lockfile).keys()].sort()).toEqual(
    [
      '@napi-rs/keyring',
      '@napi-rs/keyring-linux-x64-gnu',
      'better-sqlite3',
      'node-addon-api',
      'nodemailer',
    ].map((name) => `node_modules/${name}`),
  );
});
