/**
 * Fetches the file of a locked package from an index: by the file's name, and with the digest of
 * the lock. The address that a lock may name is never used, so mirrors and folders work.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LockedFile, LockedPackage } from '../../skills-index/packages/locked-package.ts';
import type { OfferedFile } from '../../skills-index/packages/simple-page.ts';
import { type PackageIndex, parseIndexUrl } from '../../skills-index/run/plan/index-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { download, type Network } from './download.ts';
import { archiveBytesMax, pageBytesMax } from './limits.ts';
import { readPythonPage } from './python-page.ts';

export interface PackageSource {
  readonly index: Pick<PackageIndex, 'url'>;
  readonly network: Network;
}

export interface FetchedPackage {
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
