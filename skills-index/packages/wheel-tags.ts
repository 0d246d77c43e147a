/**
 * The tags in a wheel's file name (PEP 425, 600, 656), against an interpreter and its host: may
 * this host use the wheel, and which of several wheels fits best.
 */
import type { HostPlatform } from './host-platform.ts';

/** How machines are named in tags. */
const machines: Readonly<Record<string, string>> = {
  x64: 'x86_64',
  arm64: 'aarch64',
  ia32: 'i686',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
};

/** The glibc of the older manylinux names (PEP 513, 571, 599). */
const oldManylinux: Readonly<Record<string, string>> = {
  manylinux1: '2.5',
  manylinux2010: '2.12',
  manylinux2014: '2.17',
};

/**
 * How well a wheel fits: a higher number is closer to the host.
 * @returns undefined when the host cannot use the wheel
 */
export function wheelFit(file: string, host: HostPlatform): number | undefined {
  const parts = /^(.+)\.whl$/.exec(file)?.[1]?.split('-') ?? [];
  const [platforms = '', abis = '', pythons = ''] = parts.toReversed();
  if (parts.length < 5 || parts.length > 6 || host.python === undefined) return undefined;
  const minor = /^3\.(\d+)/.exec(host.python.version)?.[1];
  if (minor === undefined) return undefined;
  const fits = pythons
    .split('.')
    .flatMap((python) =>
      abis
        .split('.')
        .flatMap((abi) => codeFit(python, abi, Number(minor), host.python?.implementation) ?? []),
    );
  const places = platforms.split('.').flatMap((platform) => platformFit(platform, host) ?? []);
  if (fits.length === 0 || places.length === 0) return undefined;
  return Math.max(...fits) * 1_000 + Math.max(...places);
}

function codeFit(
  python: string,
  abi: string,
  minor: number,
  implementation: string | undefined,
): number | undefined {
  const [, kind = '', digits = ''] = /^(cp|py)3(\d*)$/.exec(python) ?? [];
  const of = digits === '' ? 0 : Number(digits);
  if (kind === '' || of > minor) return undefined;
  if (abi === 'none') return kind === 'py' ? 1 : of === minor ? 100 : undefined;
  if (kind !== 'cp' || implementation !== 'cpython') return undefined;
  if (abi === `cp3${minor}` && of === minor) return 400;
  return abi === 'abi3' ? 200 + of : undefined;
}

function platformFit(platform: string, { cpu, libc, os }: HostPlatform): number | undefined {
  if (platform === 'any') return 0;
  const machine = machines[cpu];
  if (os !== 'linux' || machine === undefined || !platform.endsWith(`_${machine}`))
    return undefined;
  const kind = platform.slice(0, -machine.length - 1);
  if (kind === 'linux') return 1;
  const [, family = '', major, minor] = /^(many|musl)linux_(\d+)_(\d+)$/.exec(kind) ?? [];
  const needs = oldManylinux[kind] ?? (major === undefined ? undefined : `${major}.${minor}`);
  const wanted = family === 'musl' ? 'musl' : 'glibc';
  if (needs === undefined || libc?.name !== wanted) return undefined;
  const number = numberOf(needs);
  return number <= numberOf(libc.version) ? 10 + number : undefined;
}

function numberOf(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major * 100 + minor;
}
