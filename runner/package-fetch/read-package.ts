/**
 * Fetches one locked package and reads its files, for a person who wants to know what the package
 * is. Nothing is stored, no byte code is made, and nothing of the package runs.
 */
import { createHash } from 'node:crypto';
import type { LockedFile, LockedPackage } from '../../skills-index/packages/locked-package.ts';
import {
  metadataPaths,
  type PackageMetadata,
  parseMetadata,
} from '../../skills-index/packages/package-metadata.ts';
import type { PackageOrigin } from '../../skills-index/packages/package-origin.ts';
import { publicIndexes } from '../../skills-index/packages/public-indexes.ts';
import { selectPackages } from '../../skills-index/packages/select-packages.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { type Digest, parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type ArchiveFile, unsafeArchive } from '../archives/archive-file.ts';
import { findProgram } from '../host/host.ts';
import type { Network } from './download.ts';
import { fetchPackage } from './fetch-package.ts';
import { readPlatform } from './host-facts.ts';
import { unpackNpm } from './npm-package.ts';
import { readOrigin } from './read-origin.ts';
import { unpackWheel } from './wheel.ts';

export interface ReadPackage extends PackageMetadata, PackageOrigin {
  readonly file: LockedFile;
  readonly sha256: Digest;
  /** Bytes of the archive. */
  readonly bytes: number;
  /** All files of the archive, with those that a sandbox never sees. */
  readonly files: readonly ArchiveFile[];
  readonly isNative: boolean;
  readonly hooks: readonly string[];
}

export interface PackageHost {
  readonly hostPolicy: Pick<HostPolicy, 'indexes'>;
  readonly network: Network;
}

/**
 * @throws Problem `package-unavailable`, `package-differs`, `package-unsafe`
 */
export async function readPackage(host: PackageHost, one: LockedPackage): Promise<ReadPackage> {
  const file = fileForHost(one);
  const index = host.hostPolicy.indexes[one.ecosystem] ?? publicIndexes[one.ecosystem];
  const source = { index, network: host.network };
  const { bytes } = await fetchPackage(source, one, file);
  const unpacked =
    one.ecosystem === 'python' ? unpackWheel(file.name, bytes) : unpackNpm(file.name, bytes, one);
  const files = [...unpacked.files, ...unpacked.unused];
  // Reading a file compares the file with what the archive says.
  const native = files.filter(({ read }) => isMachineCode(read()));
  return {
    file,
    sha256: parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`),
    bytes: bytes.length,
    files,
    isNative: native.length > 0,
    hooks: unpacked.hooks,
    ...parseMetadata(
      one.ecosystem,
      textOf(file.name, unpacked.files, metadataPaths[one.ecosystem]),
    ),
    ...(await readOrigin(source, one, file)),
  };
}

// ELF, Mach-O (also for several machines), and programs of Windows, whose header has NUL bytes.
export function isMachineCode(bytes: Buffer): boolean {
  const magic = bytes.toString('hex', 0, 4);
  return (
    /^(7f454c46|cafebabe|(ce|cf)faedfe|feedfac[ef])$/.test(magic) ||
    (magic.startsWith('4d5a') && bytes.subarray(0, windowsHeaderBytes).includes(0))
  );
}

const windowsHeaderBytes = 64;

// A package that has no file for this host is looked at, too.
function fileForHost(one: LockedPackage): LockedFile {
  const [first] = one.files;
  if (first === undefined)
    throw new Problem('package-unavailable', `Cannot fetch ${one.name}: the lock lists no file`);
  try {
    const python = one.ecosystem === 'python' ? findProgram('python3') : undefined;
    return selectPackages([one], readPlatform(python))[0]?.file ?? first;
  } catch (cause) {
    if (cause instanceof Problem) return first;
    throw cause;
  }
}

function textOf(archive: string, files: readonly ArchiveFile[], form: RegExp): string {
  const file = files.find(({ path }) => form.test(path));
  if (file === undefined) throw unsafeArchive(archive, 'it has no metadata');
  return file.read().toString('utf8');
}
