import { describe, expect, it } from 'vitest';
import { parsePackageLock } from '../../../skills-index/packages/locks/package-lock.ts';
import { parsePylock } from '../../../skills-index/packages/locks/pylock.ts';
import { lockedEntries, requireLocked } from '../../../skills-index/packages/require-locked.ts';
import type { BundlePath } from '../../../skills-index/skill/bundle-path.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

const lockOf = (version: string, digit = '0'): Buffer =>
  Buffer.from(
    `lock-version = "1.0"\n[[packages]]\nname = "six"\nversion = "${version}"\nwheels = [{ name = "six-${version}-py3-none-any.whl", hashes = { sha256 = "${digit.repeat(64)}" } }]\n`,
  );
const path = 'pylock.toml' as BundlePath;
const locked = lockedEntries(parsePylock(lockOf('1.16.0'), path));
const python = { requires: ['six'], why: 'x', lock: path, locked };

function check(group: object, lock: Buffer | undefined): unknown {
  try {
    const packages = { python: { ...python, ...group } };
    return requireLocked('publish', { packages }, (file) => (file === path ? lock : undefined));
  } catch (cause) {
    return cause instanceof Problem ? `${cause.code}: ${cause.message}` : cause;
  }
}

describe('a skill without a lock, whose host chooses the versions', () => {
  const house = { requires: ['six'], why: 'x', lock: 'house' } as const;

  it('has nothing to fetch by its own word', () => {
    expect(requireLocked('publish', { packages: { python: house } }, () => undefined)).toEqual([]);
  });

  // A reviewer would read the lock, and no host would obey it.
  it.each(['python', 'npm'] as const)('has no lock file of %s', (ecosystem) => {
    const required = () =>
      requireLocked('publish', { packages: { [ecosystem]: house } }, () => Buffer.from('x'));
    expect(required).toThrow(
      /leaves the versions of .* to the host \("lock": "house"\), and the skill has the lock/,
    );
  });
});

describe('a lock and skill.json', () => {
  it('have to say the same', () => {
    expect(check({}, lockOf('1.16.0'))).toMatchObject([{ name: 'six', version: '1.16.0' }]);
    expect(requireLocked('publish', {}, () => undefined)).toEqual([]);
  });

  it.each(['six>=1.10,<2', 'Six', 'six[a] ~=1.16', 'six>=2; python_version < "3"', 'six (==1.16)'])(
    'say the same when the author requires %s',
    (one) => {
      expect(check({ requires: [one] }, lockOf('1.16.0'))).toMatchObject([{ name: 'six' }]);
    },
  );

  it.each([
    ['tool@^2', 'requires tool@^2, and the lock pins tool 1.5.0'],
    ['other', 'requires other, which the lock does not pin'],
    ['tool@^1', undefined],
    ['tool', undefined],
  ])('of npm are compared by version when the author requires %s', (one, says) => {
    const entry = (version: string) => ({ version, integrity: `sha512-${'A'.repeat(86)}==` });
    const bytes = Buffer.from(
      JSON.stringify({
        lockfileVersion: 3,
        packages: {
          'node_modules/tool': entry('1.5.0'),
          'node_modules/a/node_modules/tool': entry('2.0.0'),
          'node_modules/a/node_modules/other': entry('1.0.0'),
        },
      }),
    );
    const lock = 'package-lock.json' as BundlePath;
    const own = lockedEntries(parsePackageLock(bytes, lock));
    const npm = { requires: [one], why: 'x', lock, locked: own };
    const required = () => requireLocked('publish', { packages: { npm } }, () => bytes);
    if (says === undefined) expect(required()).toHaveLength(3);
    else expect(required).toThrow(says);
  });

  it('may be formatted by another tool', () => {
    const same = Buffer.concat([Buffer.from('# a comment\n'), lockOf('1.16.0')]);
    expect(check({}, same)).toMatchObject([{ name: 'six' }]);
  });

  it.each<[string, object, Buffer | undefined, string]>([
    ['no lock is there', {}, undefined, 'package-lock-missing'],
    [
      'nothing is locked',
      { lock: undefined, locked: undefined },
      undefined,
      'package-lock-missing',
    ],
    ['the lock has another version', {}, lockOf('1.17.0'), 'package-lock-differs'],
    ['the lock has another hash', {}, lockOf('1.16.0', '1'), 'package-lock-differs'],
    [
      'skill.json has fewer packages',
      { locked: {} },
      lockOf('1.16.0'),
      'six, which skill.json lacks',
    ],
    ['the lock has fewer packages', {}, Buffer.from('lock-version = "1.0"'), 'does not pin'],
    [
      'a requirement is not locked',
      { requires: ['six', 'pandas'] },
      lockOf('1.16.0'),
      'requires pandas',
    ],
    [
      'the lock pins an older version than the author requires',
      { requires: ['six>=1.17'] },
      lockOf('1.16.0'),
      'requires six>=1.17, and the lock pins six 1.16.0',
    ],
    [
      'the lock pins a version that the author excludes',
      { requires: ['six [extra] (!=1.16.*)'] },
      lockOf('1.16.0'),
      'and the lock pins six 1.16.0',
    ],
    [
      'a space follows the versions that the author requires',
      { requires: ['six (>=1.17) '] },
      lockOf('1.16.0'),
      'and the lock pins six 1.16.0',
    ],
    ['the lock is none', {}, Buffer.from('x'), 'package-lock-invalid'],
  ])('are refused when %s', (_, group, lock, says) => {
    expect(check(group, lock)).toContain(says);
  });
});
