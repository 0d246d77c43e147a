/** Asks an index about the origin of one file: the upload, the publisher, and attestations. */

import type { LockedFile, LockedPackage } from '../../skills-index/packages/locked-package.ts';
import { timeOf } from '../../skills-index/packages/locks/lock-details.ts';
import {
  originInPackument,
  type PackageOrigin,
  publisherInProvenance,
} from '../../skills-index/packages/package-origin.ts';
import { parseIndexUrl } from '../../skills-index/run/plan/index-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { download } from './download.ts';
import type { PackageSource } from './fetch-package.ts';
import { pageBytesMax, provenanceBytesMax } from './limits.ts';
import { readPythonPage } from './python-page.ts';

/** Returns what the index says; an index that does not answer, and a folder, say nothing. */
export async function readOrigin(
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
