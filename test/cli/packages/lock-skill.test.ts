import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireLocked } from '../../../skills-index/packages/require-locked.ts';
import { parseManifest } from '../../../skills-index/skill/manifest.ts';
import { type Ran, skill } from '../command-line.ts';
import { folderWith } from '../temporary-folder.ts';

const wheel = (name: string, version: string, tags = 'py3-none-any'): string => {
  const file = `${name}-${version}-${tags}.whl`;
  return `{ url = "https://files.example/${file}", hashes = { sha256 = "${'ab'.repeat(32)}" } }`;
};
const entry = (name: string, version: string, ...wheels: string[]): string =>
  `[[packages]]\nname = "${name}"\nversion = "${version}"\nwheels = [${wheels.join(', ')}]\n`;
const byUv = [
  'lock-version = "1.0"\n',
  entry('six', '1.16.0', wheel('six', '1.16.0')),
  entry(
    'yaml-fast',
    '2.0',
    wheel('yaml_fast', '2.0', 'cp311-cp311-manylinux_2_17_x86_64'),
    wheel('yaml_fast', '2.0', 'pp311-pypy311_pp73-win32'),
  ),
].join('\n');

/** A uv that knows every package but `bad`. */
const uv = `#!/bin/sh
case "$1" in
--version) echo "uv 0.9.9 (abc)";;
*) cat requirements.in > "$(dirname "$0")/asked"; echo "$@" >> "$(dirname "$0")/asked"
  if grep -q '^selenium' requirements.in; then echo "Because selenium has no wheels, you lose." >&2; exit 1; fi
  if grep -q '^six==' requirements.in; then echo 'warning: \`six==1.16.0\` is yanked (reason: "breaks")' >&2; fi
  cat "$(dirname "$0")/prepared.toml" > pylock.toml;;
esac
`;

interface Author {
  readonly cwd: string;
  readonly home: string;
  readonly asked: () => string;
  readonly type: (...argv: string[]) => Promise<Ran>;
}

function author(files: Readonly<Record<string, string>>, prepared = byUv): Author {
  const cwd = folderWith(files);
  const bin = folderWith({ uv, 'prepared.toml': prepared });
  chmodSync(join(bin, 'uv'), 0o755);
  const home = folderWith();
  const env = { PATH: `${bin}:/usr/bin:/bin`, SKILLGATE_HOME: home };
  return {
    cwd,
    home,
    asked: () => readFileSync(join(bin, 'asked'), 'utf8'),
    type: (...argv) => skill(argv, { cwd, env }),
  };
}

const skillMd = '---\nname: tables\ndescription: Reads tables.\n---\nRun `python scripts/a.py`.\n';
const skillJson = (packages: object): string =>
  JSON.stringify({
    name: '@acme/tables',
    version: '1.0.0',
    commands: { a: 'scripts/a.py' },
    packages,
  });
const python = { requires: ['six', 'yaml-fast>=2'], why: 'reads tables' };
const whole = {
  'SKILL.md': skillMd,
  'scripts/a.py': 'import six\n',
  'skill.json': skillJson({ python }),
};
const requireSame = (cwd: string): number =>
  requireLocked('publish', parseManifest(readFileSync(join(cwd, 'skill.json'))), (path) =>
    readFileSync(join(cwd, path)),
  ).length;

describe('skillgate lock', () => {
  it.each([
    ['without a lock', python],
    ['with the name of a lock alone', { ...python, lock: 'pylock.toml' }],
  ])('pins the packages of a skill.json %s, so that it can be published', async (_, group) => {
    const { asked, cwd, type } = author({ ...whole, 'skill.json': skillJson({ python: group }) });
    const before = await type('publish', '--dry-run');
    expect(before).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('package-lock-missing'),
    });
    expect(before.stderr).toContain('skillgate lock');
    const ran = await type('lock');
    expect(ran.stderr).toContain('locked 2 packages of python in pylock.toml (uv 0.9.9');
    expect(ran.exit).toBe(0);
    expect(requireSame(cwd)).toBe(2);
    expect(asked()).toMatch(/^six\nyaml-fast>=2\n/);
    expect(asked()).toContain('--default-index https://pypi.org/simple/');
    const lock = readFileSync(join(cwd, 'pylock.toml'), 'utf8');
    expect(lock).toContain('manylinux_2_17_x86_64');
    expect(lock).not.toContain('pypy');
    expect(await type('publish', '--dry-run')).toMatchObject({ exit: 0 });
  });

  it('asks the index of host policy, for versions of the age that the author names', async () => {
    const { asked, cwd, type } = author(whole);
    expect(
      await type('host', 'index', 'add', 'python', 'https://mirror.example/simple'),
    ).toMatchObject({ exit: 0 });
    await type('lock', '--exclude-newer', '10');
    expect(asked()).toContain('--exclude-newer 2026-11-10T12:00:00.000Z');
    expect(asked()).toContain('--default-index https://mirror.example/simple');
    expect(existsSync(join(cwd, 'pylock.toml'))).toBe(true);
    expect((await type('lock', '--exclude-newer', '-1')).exit).toBe(2);
  });

  it('leaves the versions to hosts, and deletes the locks that skill.json names', async () => {
    const { cwd, type } = author({ ...whole, 'package-lock.json': '{}' });
    await type('lock');
    expect(existsSync(join(cwd, 'pylock.toml'))).toBe(true);
    const ran = await type('lock', '--house');
    expect(ran).toMatchObject({ exit: 0, stdout: expect.stringContaining('deleted pylock.toml') });
    expect(ran.stderr).toContain('requires six, and the packages of this host have no six');
    expect(existsSync(join(cwd, 'pylock.toml'))).toBe(false);
    // Another tool's lock of an ecosystem that skill.json does not name.
    expect(existsSync(join(cwd, 'package-lock.json'))).toBe(true);
    const written = () => JSON.parse(readFileSync(join(cwd, 'skill.json'), 'utf8'));
    expect(written().packages).toEqual({ python: { ...python, lock: 'house' } });
    expect(await type('publish', '--dry-run')).toMatchObject({ exit: 0 });
    // The author's decision stays, also when the scan sees a new package.
    expect((await type('lock')).stdout).toBe(
      'skill.json leaves the versions of python packages to the host. To pin them: delete "lock": "house" there, and lock again.\n',
    );
    writeFileSync(join(cwd, 'requirements.txt'), 'rich>=13\n');
    expect(await type('manifest', '--write', '--yes')).toMatchObject({ exit: 0 });
    expect(written().packages.python).toMatchObject({
      requires: ['six', 'yaml-fast>=2', 'rich>=13'],
      lock: 'house',
    });
    writeFileSync(join(cwd, 'pylock.toml'), byUv);
    expect(await type('publish', '--dry-run')).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('Delete pylock.toml'),
    });
  });

  it('takes the lock that the author brings, when it pins what skill.json requires', async () => {
    const { cwd, type } = author({ ...whole, 'pylock.toml': byUv });
    expect((await type('lock')).stderr).toContain('the lock that the skill has');
    expect(readFileSync(join(cwd, 'pylock.toml'), 'utf8')).toBe(byUv);
    expect(requireSame(cwd)).toBe(2);
  });

  it('makes a new lock, when the author’s lock pins a version that skill.json excludes', async () => {
    const old = byUv.replaceAll('2.0', '1.9');
    const { cwd, type } = author({ ...whole, 'pylock.toml': old });
    expect((await type('lock')).stderr).not.toContain('the lock that the skill has');
    expect(readFileSync(join(cwd, 'pylock.toml'), 'utf8')).toContain('version = "2.0"');
    expect(requireSame(cwd)).toBe(2);
  });

  it('keeps the versions and hashes of another lock of the skill', async () => {
    const pinned = (digits: string): string => `six==1.16.0 --hash=sha256:${digits.repeat(32)}\n`;
    const { asked, cwd, type } = author({ ...whole, 'requirements.txt': pinned('ab') });
    expect(await type('lock')).toMatchObject({ exit: 0 });
    expect(asked()).toContain('-c constraints.txt');
    expect(requireSame(cwd)).toBe(2);
    const other = author({ ...whole, 'requirements.txt': pinned('cd') });
    expect((await other.type('lock')).stderr).toContain(
      'the index offers no wheel with a hash that requirements.txt names',
    );
    expect(existsSync(join(other.cwd, 'pylock.toml'))).toBe(false);
  });

  it('says why no version fits, and changes nothing', async () => {
    const bad = { python: { ...python, requires: ['selenium'] } };
    const { cwd, type } = author({ ...whole, 'skill.json': skillJson(bad) });
    expect(await type('lock')).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining(
        'uv finds no versions that fit: Because selenium has no wheels',
      ),
    });
    expect(existsSync(join(cwd, 'pylock.toml'))).toBe(false);
  });

  it('refuses a version that its maintainers withdrew, which uv takes by its number', async () => {
    const exact = { python: { ...python, requires: ['six==1.16.0', 'yaml-fast'] } };
    const { cwd, type } = author({ ...whole, 'skill.json': skillJson(exact) });
    expect((await type('lock')).stderr).toContain(
      'Cannot lock six 1.16.0: its maintainers withdrew this version: breaks',
    );
    expect(existsSync(join(cwd, 'pylock.toml'))).toBe(false);
  });

  it('refuses packages that an advisory of host policy names as malicious', async () => {
    const affected = [{ package: { ecosystem: 'PyPI', name: 'six' }, versions: ['1.16'] }];
    const folder = folderWith({
      'pypi/six/MAL-2026-1.json': JSON.stringify({ id: 'MAL-2026-1', affected }),
    });
    const { cwd, home, type } = author(whole);
    mkdirSync(join(home, 'config'), { recursive: true });
    writeFileSync(join(home, 'config/host.json'), JSON.stringify({ advisories: folder }));
    const ran = await type('lock');
    expect(ran.stderr).toContain(
      'Cannot lock: the advisory MAL-2026-1 names six 1.16.0 of python as malicious',
    );
    expect(ran.stderr).toContain('skillgate log');
    expect(existsSync(join(cwd, 'pylock.toml'))).toBe(false);
  });

  it('refuses a lock of a tool that pins anything but wheels', async () => {
    const sdist =
      'lock-version = "1.0"\n[[packages]]\nname = "six"\nversion = "1.16.0"\nsdist = { url = "https://files.example/six.tar.gz" }\n';
    const { type } = author(whole, sdist);
    expect((await type('lock')).stderr).toContain('only a source distribution');
  });

  it('needs a skill.json that requires packages', async () => {
    expect((await author({ 'SKILL.md': skillMd }).type('lock')).stderr).toContain(
      'manifest-missing',
    );
    const none = { ...whole, 'skill.json': '{"name": "@acme/a", "version": "1.0.0"}' };
    expect((await author(none).type('lock')).stderr).toContain('requires no packages');
  });
});

describe('skillgate lock with pip', () => {
  const report = JSON.stringify({
    pip_version: '23.2.1',
    install: [{ metadata: { name: 'Six', version: '1.16.0', requires_python: '>=2.7' } }],
  });
  const python3 = `#!/bin/sh
case "$*" in *--python*) if [ -f old ]; then echo "no such option: --python" >&2; exit 2; fi;; esac
printf '%s' '${report}' > report.json
`;
  const page = `<html><body>
<a href="/x/six-1.16.0.tar.gz#sha256=${'00'.repeat(32)}">six-1.16.0.tar.gz</a>
<a href="/x/six-1.16.0-py2.py3-none-any.whl#sha256=${'ab'.repeat(32)}">six-1.16.0-py2.py3-none-any.whl</a>
<a href="/x/six-1.17.0-py3-none-any.whl#sha256=${'cd'.repeat(32)}">six-1.17.0-py3-none-any.whl</a>
</body></html>`;
  const files = { ...whole, 'skill.json': skillJson({ python: { requires: ['six'], why: 'w' } }) };
  const lockWith = async (text: string, status = 200, script = python3) => {
    const cwd = folderWith(files);
    const bin = folderWith({ python3: script });
    chmodSync(join(bin, 'python3'), 0o755);
    const asked: string[] = [];
    const fetchPage: typeof fetch = async (address) => {
      asked.push(String(address));
      return new Response(text, { status });
    };
    const ran = await skill(['lock'], {
      cwd,
      env: { PATH: bin, SKILLGATE_HOME: folderWith() },
      fetch: fetchPage,
    });
    return { ...ran, asked, cwd };
  };

  it('takes the digests of all wheels of the version from the index', async () => {
    const { asked, cwd, stderr } = await lockWith(page);
    expect(stderr).toContain('locked 1 package of python in pylock.toml (pip 23.2.1');
    expect(asked).toEqual(['https://pypi.org/simple/six/']);
    const lock = readFileSync(join(cwd, 'pylock.toml'), 'utf8');
    expect(lock).toContain(`sha256 = "${'ab'.repeat(32)}"`);
    expect(lock).not.toMatch(/tar\.gz|1\.17\.0/);
    expect(requireSame(cwd)).toBe(1);
  });

  it.each([
    ['offers no wheel', '<html><a href="/six-1.16.0.tar.gz">six-1.16.0.tar.gz</a></html>', 200],
    [
      'offers only withdrawn wheels',
      `<html><a href="/six-1.16.0-py3-none-any.whl#sha256=${'ab'.repeat(32)}" data-yanked="breaks">six-1.16.0-py3-none-any.whl</a></html>`,
      200,
    ],
    [
      'names no digest',
      '<html><a href="/six-1.16.0-py3-none-any.whl">six-1.16.0-py3-none-any.whl</a></html>',
      200,
    ],
    ['does not have the package', 'Not found', 404],
  ])('refuses when the index %s', async (_, text, status) => {
    const { cwd, exit } = await lockWith(text, status);
    expect(exit).not.toBe(0);
    expect(existsSync(join(cwd, 'pylock.toml'))).toBe(false);
  });
});

describe('skillgate manifest --write', () => {
  const folder = { 'SKILL.md': skillMd, 'scripts/a.py': 'import six\nimport selenium\n' };

  it('drafts the packages of the imports, and locks them without those that have no wheel', async () => {
    const { cwd, type } = author(folder);
    const ran = await type('manifest', '--write');
    expect(ran.stderr).toContain('left out: selenium: the index has no wheel that fits');
    const { packages } = parseManifest(readFileSync(join(cwd, 'skill.json')));
    expect(packages?.python).toMatchObject({ requires: ['six'], lock: 'pylock.toml' });
    expect(requireSame(cwd)).toBe(2);
  });

  it('drafts without a lock where nothing can lock, and says what to type', async () => {
    const { cwd, type } = author(folder, 'nonsense');
    expect((await type('manifest', '--write')).stderr).toContain('To lock later: skillgate lock .');
    const { packages } = parseManifest(readFileSync(join(cwd, 'skill.json')));
    expect(packages?.python).toMatchObject({ requires: ['six', 'selenium'] });
    const other = author(folder);
    await other.type('manifest', '--write', '--no-lock');
    expect(existsSync(join(other.cwd, 'pylock.toml'))).toBe(false);
  });
});
