/**
 * Fetches one locked package and reads its files, for a person who wants to know what the package
 * is. Nothing is stored, no byte code is made, and nothing of the package runs.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LockedFile, LockedPackage } from '../../skills-index/packages/locked-package.ts';
import { timeOf } from '../../skills-index/packages/locks/lock-details.ts';
import {
  originInPackument,
  type PackageOrigin,
  publisherInProvenance,
} from '../../skills-index/packages/package-origin.ts';
import { publicIndexes } from '../../skills-index/packages/public-indexes.ts';
import {
  type OfferedFile,
  parseSimplePage,
  pythonJson,
} from '../../skills-index/packages/simple-page.ts';
import {
  metadataPaths,
  type PackageMetadata,
  parseMetadata,
  selectPackages,
} from '../../skills-index/packages/wheel-needs.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { type PackageIndex, parseIndexUrl } from '../../skills-index/run/plan/index-policy.ts';
import { type Digest, parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { type ArchiveFile, readTgz, requireSafePaths, unsafeArchive } from '../archives/tgz.ts';
import { findProgram } from '../host/host.ts';
import { download, type Network } from './download.ts';
import { readPlatform } from './host-facts.ts';
import { metadataBytesMax, type UnpackedPackage, unpackWheel } from './wheel.ts';

/** Bytes of one wheel or tarball. Larger packages are machine-learning frameworks. */
const archiveBytesMax = 256 * 1024 * 1024;

/** Bytes of a page of an index: the page of a package with 10,000 files has some 5 MB. */
const pageBytesMax = 64 * 1024 * 1024;

const pageFilesMax = 100_000;

/** Bytes of the attestations of one file. */
const provenanceBytesMax = 1024 * 1024;

interface ReadPackage extends PackageMetadata, PackageOrigin {
  readonly file: LockedFile;
  readonly sha256: Digest;
  /** Bytes of the archive. */
  readonly bytes: number;
  /** All files of the archive, with those that a sandbox never sees. */
  readonly files: readonly ArchiveFile[];
  readonly isNative: boolean;
  readonly hooks: readonly string[];
}

interface PackageHost {
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

// Fetches the file of a locked package from an index: by the file's name, and with the digest of
// the lock. The address that a lock may name is never used, so mirrors and folders work.

interface PackageSource {
  readonly index: Pick<PackageIndex, 'url'>;
  readonly network: Network;
}

interface FetchedPackage {
  readonly bytes: Buffer;
  /** What a person should know: that the maintainers withdrew the file. */
  readonly notes: readonly string[];
}

/**
 * @throws Problem `package-unavailable`, and `package-differs` with both digests when the index
 * offers or sends other bytes than the lock names
 */
export async function fetchPackage(
  source: PackageSource,
  one: LockedPackage,
  file: LockedFile,
  onBytes?: (bytes: number) => void,
): Promise<FetchedPackage> {
  const place = parseIndexUrl(source.index.url);
  const found =
    place?.kind === 'folder'
      ? fromFolder(place.path, one, file)
      : one.ecosystem === 'python'
        ? await fromPythonIndex(source, one, file, onBytes)
        : await fromNpmRegistry(source, one, file, onBytes);
  const { url } = source.index;
  if (found === undefined)
    throw new Problem('package-unavailable', `Cannot fetch ${file.name}: ${url} does not have it`);
  requireHash(found.bytes, file, url);
  return found;
}

function requireHash(bytes: Buffer, file: LockedFile, index: string): void {
  const [algorithm = ''] = file.hash.split(':');
  const hash = `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
  if (hash !== file.hash) throw differs(file, hash, index);
}

function differs(file: LockedFile, hash: string, index: string): Problem {
  return new Problem(
    'package-differs',
    `Cannot use ${file.name}: the lock has ${file.hash}, and ${index} has ${hash}`,
  );
}

function fromFolder(
  folder: string,
  { name, version }: LockedPackage,
  file: LockedFile,
): FetchedPackage | undefined {
  // `npm pack` writes the scope of a package into the name of the file.
  const packed = `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;
  for (const path of [file.name, join(name, file.name), packed].map((one) => join(folder, one))) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() !== true) continue;
    if (stat.size > archiveBytesMax)
      throw new Problem(
        'package-unavailable',
        `Cannot read ${path}: it has ${stat.size} bytes; at most ${archiveBytesMax}`,
      );
    return { bytes: readFileSync(path), notes: [] };
  }
  return undefined;
}

async function fromPythonIndex(
  { index, network }: PackageSource,
  { name }: LockedPackage,
  file: LockedFile,
  onBytes?: (bytes: number) => void,
): Promise<FetchedPackage | undefined> {
  const offered = await readPythonPage(network, index.url, name);
  const named = offered.filter((one) => one.name === file.name);
  const same = named.find(({ sha256 }) => sha256 === undefined || `sha256:${sha256}` === file.hash);
  if (same === undefined) {
    const [other] = named;
    if (other === undefined) return undefined;
    throw differs(file, `sha256:${other.sha256}`, index.url);
  }
  const found = await download(network, {
    url: same.url,
    bytesMax: archiveBytesMax,
    origins: new Set(offered.map(({ url }) => url.origin)),
    onBytes,
  });
  return found && { bytes: found.bytes, notes: yankedNote(same) };
}

function yankedNote({ name, yanked }: OfferedFile): string[] {
  if (yanked === undefined) return [];
  return [`${name}: its maintainers withdrew this file${yanked === '' ? '' : `: ${yanked}`}`];
}

async function fromNpmRegistry(
  { index, network }: PackageSource,
  { name, version }: LockedPackage,
  file: LockedFile,
  onBytes?: (bytes: number) => void,
): Promise<FetchedPackage | undefined> {
  const base = new URL(index.url.endsWith('/') ? index.url : `${index.url}/`);
  const wanted = { bytesMax: archiveBytesMax, origins: new Set([base.origin]), onBytes };
  // The usual place of a tarball saves the packument, which may have megabytes.
  const usual = new URL(`${name}/-/${encodeURIComponent(file.name)}`, base);
  const found =
    (await download(network, { ...wanted, url: usual })) ??
    (await fromPackument({ base, network, name, version }, wanted));
  return found && { bytes: found.bytes, notes: [] };
}

async function fromPackument(
  at: { base: URL; network: Network; name: string; version: string },
  wanted: { bytesMax: number; origins: ReadonlySet<string> },
): Promise<{ readonly bytes: Buffer } | undefined> {
  const page = await download(at.network, {
    url: new URL(at.name.replace('/', '%2f'), at.base),
    accept: 'application/vnd.npm.install-v1+json',
    bytesMax: pageBytesMax,
    origins: wanted.origins,
  });
  const address = page && tarballOf(page.bytes, at.version);
  if (address === undefined || !URL.canParse(address, at.base.href)) return undefined;
  const url = new URL(address, at.base);
  const isWeb =
    url.protocol === 'https:' || (url.protocol === 'http:' && at.base.protocol === 'http:');
  return isWeb ? download(at.network, { ...wanted, url }) : undefined;
}

function tarballOf(packument: Buffer, version: string): string | undefined {
  try {
    const { versions } = JSON.parse(packument.toString('utf8')) as {
      versions?: Record<string, { dist?: { tarball?: unknown } }>;
    };
    const own = versions !== undefined && Object.hasOwn(versions, version);
    const tarball = own ? versions[version]?.dist?.tarball : undefined;
    return typeof tarball === 'string' ? tarball : undefined;
  } catch {
    return undefined;
  }
}

// Reads what a Python index offers of one package.

/**
 * @param index the address of the index, which is no folder
 * @returns an empty list when the index does not have the package
 * @throws Problem `package-unavailable`
 */
export async function readPythonPage(
  network: Network,
  index: string,
  name: string,
): Promise<OfferedFile[]> {
  const base = index.endsWith('/') ? index : `${index}/`;
  const page = await download(network, {
    url: new URL(`${name}/`, base),
    accept: `${pythonJson}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1`,
    bytesMax: pageBytesMax,
    origins: new Set([new URL(base).origin]),
  });
  if (page === undefined) return [];
  const offered = parseSimplePage(page.bytes.toString('utf8'), name, page.url.href);
  if (offered === undefined || offered.length > pageFilesMax)
    throw new Problem(
      'package-unavailable',
      `Cannot read ${page.url.href}: it is no page of a Python index`,
    );
  // A page that came over TLS may not lead to an address without TLS.
  return page.url.protocol === 'https:'
    ? offered.filter(({ url }) => url.protocol === 'https:')
    : offered;
}

// Unpacks an npm tarball: the files below its one top folder. No script of the package runs.

/**
 * @param archive the tarball's name in messages
 * @param expected the name and version of the lock
 * @throws Problem `package-unsafe`
 */
export function unpackNpm(
  archive: string,
  bytes: Buffer,
  expected: { readonly name: string; readonly version: string },
): UnpackedPackage {
  const all = readTgz(archive, bytes);
  requireSafePaths(archive, all);
  const tops = new Set(all.map(({ path }) => path.slice(0, path.indexOf('/') + 1)));
  const [top = '', ...others] = tops;
  if (top === '' || others.length > 0)
    throw unsafeArchive(archive, 'its files do not lie in one top folder');
  const files = all.map((file) => ({ ...file, path: file.path.slice(top.length) }));
  const { name, scripts, version } = readManifest(archive, files);
  if (name !== expected.name || version !== expected.version)
    throw unsafeArchive(archive, `its package.json is of ${String(name)} ${String(version)}`);
  const hooks = ['preinstall', 'install', 'postinstall'].filter((hook) =>
    Object.hasOwn(scripts, hook),
  );
  const builds = files.some(({ path }) => path === 'binding.gyp');
  if (builds && hooks.length === 0) hooks.push('node-gyp rebuild');
  const notes =
    hooks.length === 0 ? [] : [`${archive}: its install scripts never run: ${hooks.join(', ')}`];
  return { files, unused: [], hooks, notes };
}

function readManifest(
  archive: string,
  files: readonly ArchiveFile[],
): { readonly name: unknown; readonly version: unknown; readonly scripts: object } {
  const file = files.find(({ path }) => path === 'package.json');
  if (file === undefined) throw unsafeArchive(archive, 'it has no package.json');
  if (file.size > metadataBytesMax)
    throw unsafeArchive(
      archive,
      `its package.json has ${file.size} bytes; at most ${metadataBytesMax}`,
    );
  try {
    const { value } = parseJson(file.read(), 'package.json');
    const { name, scripts, version } = value as Record<string, unknown>;
    return { name, version, scripts: typeof scripts === 'object' && scripts ? scripts : {} };
  } catch (cause) {
    if (!(cause instanceof Problem) && !(cause instanceof TypeError)) throw cause;
    throw unsafeArchive(archive, 'its package.json cannot be read');
  }
}

// Asks an index about the origin of one file: the upload, the publisher, and attestations.

/** Returns what the index says; an index that does not answer, and a folder, say nothing. */
async function readOrigin(
  source: PackageSource,
  one: LockedPackage,
  file: LockedFile,
): Promise<PackageOrigin> {
  if (parseIndexUrl(source.index.url)?.kind === 'folder') return {};
  try {
    return one.ecosystem === 'python'
      ? await ofPythonFile(source, one, file)
      : await ofNpmVersion(source, one);
  } catch (cause) {
    if (cause instanceof Problem) return {};
    throw cause;
  }
}

async function ofPythonFile(
  source: PackageSource,
  { name }: LockedPackage,
  file: LockedFile,
): Promise<PackageOrigin> {
  const offered = await readPythonPage(source.network, source.index.url, name);
  const { provenance, uploaded: time } = offered.find((each) => each.name === file.name) ?? {};
  const uploaded = timeOf(time);
  const publisher = provenance instanceof URL ? await readPublisher(source, provenance) : undefined;
  return {
    ...(uploaded === undefined ? {} : { uploaded }),
    ...(publisher === undefined ? {} : { publisher }),
    ...(provenance === undefined
      ? {}
      : { attestation: provenance === 'none' ? ('none' as const) : ('named' as const) }),
  };
}

async function readPublisher(
  { index, network }: PackageSource,
  url: URL,
): Promise<string | undefined> {
  // The page of an index may name any address, and the host asks the index only.
  const { origin } = new URL(index.url);
  if (url.origin !== origin) return undefined;
  const origins = new Set([origin]);
  const found = await download(network, { url, bytesMax: provenanceBytesMax, origins });
  return found && publisherInProvenance(found.bytes.toString('utf8'));
}

async function ofNpmVersion(
  { index, network }: PackageSource,
  { name, version }: LockedPackage,
): Promise<PackageOrigin> {
  const base = new URL(index.url.endsWith('/') ? index.url : `${index.url}/`);
  const found = await download(network, {
    url: new URL(name.replace('/', '%2f'), base),
    accept: 'application/json',
    bytesMax: pageBytesMax,
    origins: new Set([base.origin]),
  });
  return found === undefined ? {} : originInPackument(found.bytes.toString('utf8'), version);
}
