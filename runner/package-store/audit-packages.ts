/** What this host knows of each stored package: its stored files, its metadata, the advisories. */
import { basename, dirname, join } from 'node:path';
import { lookTextCharsMax } from '../../skills-index/packages/limits.ts';
import { plainText } from '../../skills-index/packages/package-look.ts';
import {
  metadataPaths,
  type PackageMetadata,
  parseMetadata,
} from '../../skills-index/packages/package-metadata.ts';
import { type Ecosystem, ecosystems } from '../../skills-index/skill/ecosystem.ts';
import { readHead } from '../files/given-folder.ts';
import { metadataBytesMax } from '../package-fetch/limits.ts';
import { isMachineCode } from '../package-fetch/read-package.ts';
import { type AdvisedPackage, advisedPackages, type PackagePolicy } from './advised-packages.ts';
import { listSets } from './clean.ts';
import { listStored, type StoredPackage } from './store.ts';

export interface AuditedPackage {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly version: string;
  /** The hashes of the archives from which the package was unpacked. */
  readonly archives: readonly string[];
  /** Bytes of the unpacked files; absent when the store has only sets with the package. */
  readonly bytes?: number;
  readonly hasMachineCode?: boolean;
  /** As the package's author wrote it, bounded and without control characters. */
  readonly licence?: string;
  /** The sets that have the package, by their names. */
  readonly sets: readonly string[];
  /** Malware first. */
  readonly advisories: readonly AdvisedPackage[];
}

/** The headers of all systems' programs are within these bytes. */
const machineHeadBytes = 64;

interface Stored {
  readonly folder: string;
  readonly stored: StoredPackage;
}

/**
 * The stored packages of this host: malicious ones first, then vulnerable ones, then by name.
 * @throws Problem `host-policy-invalid` when an advisory cannot be read
 */
export function auditPackages(data: string, policy: PackagePolicy): AuditedPackage[] {
  const { sets } = listSets(data);
  const named = new Map<string, Pick<AuditedPackage, 'ecosystem' | 'name' | 'version'>>();
  const files = new Map<string, Stored[]>();
  const inSets = new Map<string, string[]>();
  for (const one of listStored(data)) {
    const ecosystem = ecosystems.find((each) => each === basename(dirname(one.folder))) ?? 'npm';
    const { name, version } = one.stored;
    const key = keyOf(ecosystem, one.stored);
    named.set(key, { ecosystem, name, version });
    files.set(key, [...(files.get(key) ?? []), one]);
  }
  for (const { name: set, record } of sets)
    for (const { name, version } of record.packages) {
      const key = keyOf(record.ecosystem, { name, version });
      named.set(key, { ecosystem: record.ecosystem, name, version });
      inSets.set(key, [...(inSets.get(key) ?? []), set]);
    }
  const advised = Map.groupBy(
    advisedPackages(policy, [...named.values()], 'all').sort((a, b) => rankOf([a]) - rankOf([b])),
    (one) => keyOf(one.ecosystem, one),
  );
  return [...named]
    .map(([key, one]) => ({
      ...one,
      ...factsOf(one.ecosystem, files.get(key) ?? []),
      sets: inSets.get(key) ?? [],
      advisories: advised.get(key) ?? [],
    }))
    .sort(
      (a, b) =>
        rankOf(a.advisories) - rankOf(b.advisories) ||
        (keyOf(a.ecosystem, a) < keyOf(b.ecosystem, b) ? -1 : 1),
    );
}

function rankOf(advisories: readonly AdvisedPackage[]): number {
  if (advisories.some(({ isMalware }) => isMalware)) return 0;
  if (advisories.some(({ isAllowed }) => !isAllowed)) return 1;
  return advisories.length > 0 ? 2 : 3;
}

function keyOf(
  ecosystem: Ecosystem,
  { name, version = '' }: { readonly name: string; readonly version?: string },
): string {
  return `${ecosystem} ${name} ${version}`;
}

function factsOf(ecosystem: Ecosystem, all: readonly Stored[]) {
  const archives = all.map(({ folder }) => basename(folder).replace('-', ':'));
  if (all.length === 0) return { archives };
  const [licence] = all.flatMap((one) => metadataOf(ecosystem, one).licence ?? []);
  return {
    archives,
    bytes: all.reduce((sum, { stored }) => sum + stored.bytes, 0),
    hasMachineCode: all.some(({ folder, stored }) =>
      stored.files.some(({ path }) =>
        isMachineCode(headOf(join(folder, 'files', path), machineHeadBytes) ?? Buffer.alloc(0)),
      ),
    ),
    ...(licence === undefined ? {} : { licence: plainText(licence, lookTextCharsMax) }),
  };
}

function metadataOf(ecosystem: Ecosystem, { folder, stored }: Stored): PackageMetadata {
  const file = stored.files.find(({ path }) => metadataPaths[ecosystem].test(path));
  const text =
    file === undefined
      ? undefined
      : headOf(join(folder, 'files', file.path), metadataBytesMax)?.toString('utf8');
  return text === undefined ? {} : parseMetadata(ecosystem, text);
}

/** The first bytes of a file; undefined when the store has lost the file. */
function headOf(path: string, bytesMax: number): Buffer | undefined {
  try {
    return readHead(path, bytesMax)?.bytes;
  } catch {
    return undefined;
  }
}
