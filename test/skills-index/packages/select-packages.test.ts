import { describe, expect, it } from 'vitest';
import type { LockedPackage } from '../../../skills-index/packages/locked-package.ts';
import {
  type HostPlatform,
  isMarked,
  isPythonIn,
} from '../../../skills-index/packages/python-marker.ts';
import { selectPackages, wheelFit } from '../../../skills-index/packages/wheel-needs.ts';

const debian: HostPlatform = {
  os: 'linux',
  cpu: 'x64',
  libc: { name: 'glibc', version: '2.36' },
  python: { version: '3.11.2', implementation: 'cpython', cacheTag: 'cpython-311', modules: [] },
};
const alpine: HostPlatform = { ...debian, libc: { name: 'musl', version: '1.2' } };
const mac: HostPlatform = { os: 'darwin', cpu: 'arm64', ...pythonOf(debian) };

function pythonOf({ python }: HostPlatform) {
  return python === undefined ? {} : { python };
}

describe('a wheel fits a host', () => {
  it.each([
    ['a-1-py3-none-any.whl', true, true],
    ['a-1-py311-none-any.whl', true, true],
    ['a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl', true, false],
    ['a-1-cp311-cp311-manylinux_2_37_x86_64.whl', false, false],
    ['a-1-cp311-cp311-manylinux1_x86_64.whl', true, false],
    ['a-1-cp311-cp311-musllinux_1_2_x86_64.whl', false, true],
    ['a-1-cp311-cp311-linux_x86_64.whl', true, true],
    ['a-1-cp312-cp312-manylinux_2_17_x86_64.whl', false, false],
    ['a-1-cp39-abi3-manylinux_2_17_x86_64.whl', true, false],
    ['a-1-cp312-abi3-manylinux_2_17_x86_64.whl', false, false],
    ['a-1-cp311-cp311-manylinux_2_17_aarch64.whl', false, false],
    ['a-1-cp311-cp311t-manylinux_2_17_x86_64.whl', false, false],
    ['a-1.tar.gz', false, false],
  ])('%s: Debian %s, Alpine %s', (name, onDebian, onAlpine) => {
    expect(wheelFit(name, debian) !== undefined).toBe(onDebian);
    expect(wheelFit(name, alpine) !== undefined).toBe(onAlpine);
  });

  it('better the closer its tags are to the host', () => {
    const worstFirst = [
      'a-1-py3-none-any.whl',
      'a-1-py3-none-manylinux_2_17_x86_64.whl',
      'a-1-cp38-abi3-manylinux_2_17_x86_64.whl',
      'a-1-cp310-abi3-manylinux_2_17_x86_64.whl',
      'a-1-cp311-cp311-manylinux1_x86_64.whl',
      'a-1-cp311-cp311-manylinux_2_28_x86_64.whl',
    ];
    const fits = worstFirst.map((name) => wheelFit(name, debian) ?? -1);
    expect(fits).toEqual(fits.toSorted((a, b) => a - b));
    expect(new Set(fits).size).toBe(fits.length);
  });
});

describe('a marker', () => {
  it.each([
    ['python_version >= "3.9"', true],
    ["python_full_version == '3.11.*'", true],
    ['"3.12" <= python_version', false],
    ['sys_platform != "win32" and platform_machine == "x86_64"', true],
    ['os_name == "nt" or os_name == "posix" and python_version < "3"', false],
    ['(os_name == "nt" or os_name == "posix") and python_version > "3"', true],
    ['platform_python_implementation == "CPython"', true],
    ['"linux" in sys_platform', true],
    ['sys_platform not in "win32 darwin"', true],
    ['extra == "test"', false],
    ['python_version ~= "3.9"', true],
  ])('%s is %s on Debian', (marker, result) => {
    expect(isMarked(marker, debian)).toBe(result);
  });

  it.each([
    '',
    'python_version >= 3',
    'secret == "x"',
    '(os_name == "nt"',
    'os_name == "nt")',
    '__proto__ == "x"',
    `${'('.repeat(60)}os_name == "nt"${')'.repeat(60)}`,
    `os_name == "${'x'.repeat(4_000)}"`,
  ])('that cannot be read is refused: %.40s', (marker) => {
    expect(() => isMarked(marker, debian)).toThrow(
      expect.objectContaining({ code: 'package-unsuitable' }),
    );
  });
});

describe('a version of Python', () => {
  it.each([
    ['>=3.9', true],
    ['>=3.9,<4', true],
    ['>=3.9, !=3.11.*', false],
    ['==3.11.2', true],
    ['==3.11', false],
    ['~=3.11.0', true],
    ['~=3.10.0', false],
    ['>3.11.2', false],
    ['===3.11.2', true],
    ['', true],
    ['>=banana', false],
  ])('3.11.2 in %s: %s', (specifiers, result) => {
    expect(isPythonIn(specifiers, '3.11.2')).toBe(result);
    expect(isPythonIn(specifiers, '3.11.2rc1')).toBe(result);
  });
});

describe('the packages that a host needs', () => {
  const file = (name: string) => ({ name, hash: `sha256:${'a'.repeat(64)}` }) as const;
  const python = (more: Partial<LockedPackage>, ...names: string[]): LockedPackage => ({
    ecosystem: 'python',
    name: 'tool',
    version: '1',
    files: names.map(file),
    ...more,
  });
  const npm = (more: Partial<LockedPackage>): LockedPackage => ({
    ecosystem: 'npm',
    name: 'tool',
    version: '1',
    files: [file('tool-1.tgz')],
    ...more,
  });

  it.each<readonly [string, LockedPackage, HostPlatform, string | undefined]>([
    [
      'the best wheel',
      python({}, 'tool-1-py3-none-any.whl', 'tool-1-cp311-cp311-manylinux1_x86_64.whl'),
      debian,
      'tool-1-cp311-cp311-manylinux1_x86_64.whl',
    ],
    [
      'nothing for a marker that does not hold',
      python({ marker: 'sys_platform == "win32"' }, 'tool-1-py3-none-any.whl'),
      debian,
      undefined,
    ],
    ['a tarball', npm({ os: ['linux'], cpu: ['x64'], libc: ['glibc'] }), debian, 'tool-1.tgz'],
    ['a tarball for other systems', npm({ os: ['!win32'] }), debian, 'tool-1.tgz'],
    ['nothing optional', npm({ cpu: ['arm64'], optional: true }), debian, undefined],
  ])('%s', (_, one, host, name) => {
    expect(selectPackages([one], host).map((selected) => selected.file.name)).toEqual(
      name === undefined ? [] : [name],
    );
  });

  it.each<readonly [LockedPackage, HostPlatform, string]>([
    [
      python({}, 'tool-1-cp312-cp312-manylinux_2_28_x86_64.whl'),
      debian,
      'Cannot use the packages on this host (CPython 3.11.2, linux x64, glibc 2.36): tool 1: the lock has wheels for cp312-cp312-manylinux_2_28_x86_64 only',
    ],
    [
      python({}, 'tool-1-cp311-cp311-manylinux1_x86_64.whl'),
      mac,
      'Cannot use the packages on this host (CPython 3.11.2, darwin arm64): tool 1: the lock has wheels for cp311-cp311-manylinux1_x86_64 only',
    ],
    [
      python({ requiresPython: '>=3.12' }, 'tool-1-py3-none-any.whl'),
      debian,
      'Cannot use the packages on this host (CPython 3.11.2, linux x64, glibc 2.36): tool 1: it needs Python >=3.12',
    ],
    [
      python({}, 'tool-1-py3-none-any.whl'),
      { os: 'linux', cpu: 'x64' },
      'Cannot use the packages on this host (linux x64): tool 1: this host has no python3',
    ],
    [
      npm({ os: ['darwin'] }),
      debian,
      'Cannot use the packages on this host (CPython 3.11.2, linux x64, glibc 2.36): tool 1: it is for darwin only',
    ],
  ])('are refused with a reason %#', (one, host, message) => {
    expect(() => selectPackages([one, one], host)).toThrow(
      expect.objectContaining({ code: 'package-unsuitable', message }),
    );
  });
});
