import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { isMapped } from '../../../runner/sandbox/sandbox-user.ts';

const whole = '         0          0 4294967295\n';
const alone = '         0       1000          1\n';
const some = '         0       1000          1\n         1     100000      65536\n';

it.each([
  ['of a host', whole, 65_534, true],
  ['of root alone', alone, 65_534, false],
  ['of root alone', alone, 0, true],
  ['of a container without root', some, 65_534, true],
  ['of a container without root', some, 70_000, false],
  ['without a line', '', 65_534, false],
])('in the map %s (%j), user %i', (_, map, uid, is) => {
  expect(isMapped(map, uid)).toBe(is);
});

it('refuses a run as root of a user namespace that has no other user, and ends', () => {
  const script = `const { requireMapped } = await import('./runner/sandbox/sandbox-user.ts');
    try { requireMapped(0); requireMapped(65534); } catch ({ code, message }) { console.log(code, message); }`;
  const { status, stdout } = spawnSync(
    'unshare',
    ['--user', '--map-root-user', process.execPath, '--input-type=module', '-e', script],
    { encoding: 'utf8' },
  );
  // Some hosts allow no user namespaces.
  if (status === 0) expect(stdout).toMatch(/^sandbox-refused .* has no user 65534\n$/);
});
