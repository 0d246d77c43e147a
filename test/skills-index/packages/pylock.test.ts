import { describe, expect, it } from 'vitest';
import { lockBytesMax } from '../../../skills-index/packages/locks/package-lock.ts';
import { parsePylock, parsePylockInSteps } from '../../../skills-index/packages/locks/pylock.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

const hash = '8a'.repeat(32);
const wheelName = 'six-1.16.0-py2.py3-none-any.whl';
const wheel = `{ name = "${wheelName}", url = "https://files.example/x/${wheelName}", size = 11053, hashes = { sha256 = "${hash}" } }`;
const lock = (packages: string, head = ''): string =>
  `lock-version = "1.0"\ncreated-by = "uv"\n${head}\n${packages}`;
const six = (rest: string, name = 'six'): string =>
  `[[packages]]\nname = "${name}"\nversion = "1.16.0"\n${rest}\n`;
const parse = (toml: string) => parsePylock(Buffer.from(toml), 'pylock.toml');

function reasonsAgainst(toml: string): string {
  try {
    parse(toml);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === 'package-lock-invalid')
      return [cause.message, ...cause.reasons.map(({ message }) => message)].join('\n');
    throw cause;
  }
  return '';
}

describe('pylock.toml', () => {
  it('gives the wheels of each package with their hashes, without addresses', () => {
    const more = `marker = "os_name == 'posix'"\nrequires-python = ">=3.9"\nindex = "https://pypi.org/simple"\nsdist = { url = "https://files.example/six.tar.gz" }\nwheels = [${wheel}]`;
    expect(parse(lock(six(more), 'requires-python = ">=3.9"'))).toEqual([
      {
        ecosystem: 'python',
        name: 'six',
        version: '1.16.0',
        marker: "os_name == 'posix'",
        requiresPython: '>=3.9',
        files: [{ name: wheelName, hash: `sha256:${hash}`, size: 11_053 }],
      },
    ]);
    expect(parse(lock(''))).toEqual([]);
  });

  it.each<[string, string]>([
    ['six-1.16-py3-none-any.whl', '1.16.0'],
    ['Six-1.16.0-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl', '1.16.0'],
    ['six-1.16.0rc1-py3-none-any.whl', '1.16-RC.1'],
    ['six-1.16.0+cpu.1-py3-none-any.whl', '1.16.0+cpu-1'],
  ])('takes the file %s for version %s', (file, version) => {
    const text = `[[packages]]\nname = "six"\nversion = "${version}"\nwheels = [{ name = "${file}", hashes = { sha256 = "${hash}" } }]`;
    expect(parse(lock(text))[0]?.files[0]?.name).toBe(file);
  });

  it.each<[string, string, string]>([
    [
      'a source distribution',
      six('sdist = { url = "https://files.example/six.tar.gz" }'),
      'source distribution',
    ],
    [
      'version control',
      six('vcs = { type = "git", url = "https://git.example/six" }'),
      'version control',
    ],
    ['a folder', six('directory = { path = "../six" }'), 'folder'],
    [
      'a wheel of the author',
      six(
        `wheels = [{ path = "${wheelName}", name = "${wheelName}", hashes = { sha256 = "${hash}" } }]`,
      ),
      'folder of the author',
    ],
    ['no hash', six(`wheels = [{ name = "${wheelName}" }]`), 'has no hash'],
    [
      'the wheel of another package',
      six(`wheels = [{ name = "evil-1.16.0-py3-none-any.whl", hashes = { sha256 = "${hash}" } }]`),
      'not the name of a wheel',
    ],
    ['a wheel twice', six(`wheels = [${wheel}, ${wheel}]`), 'one name'],
    ['a package twice', six(`wheels = [${wheel}]`).repeat(2), 'twice'],
    ['no version', `[[packages]]\nname = "six"\nwheels = [${wheel}]`, 'no exact version'],
    ['a name that is not normal', six(`wheels = [${wheel}]`, 'Six'), 'normal form'],
    [
      'a key of JavaScript',
      six(`wheels = [${wheel}]\n"__proto__" = { files = [] }`),
      'no key of a lock',
    ],
    ['a key twice', six(`wheels = [${wheel}]\nwheels = []`), 'not valid TOML'],
  ])('is refused with %s', (_, packages, says) => {
    expect(reasonsAgainst(lock(packages))).toContain(says);
  });

  it('may have forty wheels of each of three hundred packages', () => {
    const part = (at: number, of: number): string => {
      const name = `p${at}-1.16.0-cp3${of}-cp3${of}-manylinux_2_17_x86_64.manylinux2014_x86_64.whl`;
      return `{ url = "https://files.pythonhosted.org/packages/91/4c/${'4'.repeat(60)}/${name}", upload-time = 2026-01-01T00:00:00Z, size = 20799234, hashes = { sha256 = "${hash}" } },\n`;
    };
    const parts = (at: number) => Array.from({ length: 38 }, (_, of) => part(at, of)).join('');
    const all = Array.from({ length: 300 }, (_, at) => six(`wheels = [\n${parts(at)}]`, `p${at}`));
    const text = lock(all.join(''));
    expect(text.length / lockBytesMax).toBeGreaterThan(0.9);
    expect(parse(text)).toHaveLength(300);
    // A registry lets others go on after each step.
    expect([...parsePylockInSteps(Buffer.from(text), 'pylock.toml')].length).toBeGreaterThan(600);
  });

  it.each([
    ['keys', six(`${'a1 = 1\n'.repeat(8_000)}`), 'the package "six" has'],
    ['tables', `${'[t]\n'.repeat(8_000)}`, 'a part has'],
    ['an inline list', `packages = [${'{},'.repeat(8_000)}]`, 'below a line [[packages]]'],
    ['packages', '[[packages]]\n'.repeat(80_000), 'it has 80000 packages; at most 300'],
    ['a long number', `a = ${'1'.repeat(300_000)}`, '262144 and 8000'],
  ])('is refused before the parser runs, with many of one part: %s', (_, packages, says) => {
    expect(reasonsAgainst(lock(packages))).toContain(says);
  });

  it.each([
    ['a text over several lines', 'tool = """\n[[packages]]\n"""\n', [], ''],
    ['a comment', '# [[packages]]\n', [], ''],
    ['tables behind the packages', `${six(`wheels = [${wheel}]`)}[tool.uv]\na = 1`, ['six'], ''],
    ['an open list', 'tool = [\n[[packages]]\n]\n', [], 'not valid TOML'],
    ['two forms', `packages = []\n${six('')}`, [], 'the key packages is in two places'],
    ['two tables', `${six('')}[tool]\na = 1\n${six('')}[tool]`, [], 'tool is in two places'],
  ])('is read package by package as if whole: %s', (_, packages, names, says) => {
    const why = reasonsAgainst(lock(packages));
    if (says === '') expect(parse(lock(packages)).map(({ name }) => name)).toEqual(names);
    else expect(why).toContain(says);
  });

  it.each([
    ['values', '1,'],
    ['tables', '[[a]]\r'],
    ['parts of keys', 'a.'],
  ])('is refused before the parser runs, with a million %s', (_, one) => {
    const count = Math.floor(2_000_000 / one.length);
    expect(reasonsAgainst(one.repeat(count))).toContain(
      'line ends and signs = , . [ {; at most 250000',
    );
  });

  it('is refused with another version, with extras, and above the limits', () => {
    expect(reasonsAgainst('lock-version = "2.0"')).toContain('is not "1.0"');
    expect(reasonsAgainst(lock('', 'extras = ["dev"]'))).toContain('one set of packages');
    expect(reasonsAgainst(lock(six('').repeat(301)))).toContain('at most 300');
    expect(reasonsAgainst(`#${' '.repeat(lockBytesMax)}`)).toContain('at most');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});
