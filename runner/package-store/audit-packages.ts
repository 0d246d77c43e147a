/** What this host knows of each stored package: its stored files, its metadata, the advisories. */
import { basename, dirname, join } from 'node:path';
import { plainText, reportTextCharsMax } from '../../skills-index/packages/package-report.ts';
import {
  metadataPaths,
  type PackageMetadata,
  parseMetadata,
} from '../../skills-index/packages/wheel-needs.ts';
import type { AdvisoryKind } from '../../skills-index/run/indexes/advisory.ts';
import type { VulnerabilityRules } from '../../skills-index/run/plan/index-policy.ts';
import type { PackageCapability } from '../../skills-index/skill/capability.ts';
import { type Ecosystem, ecosystems } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { readHead } from '../files/owned-folder.ts';
import { type AdvisorySource, openAdvisories } from '../indexes/advisory-folder.ts';
import { isMachineCode } from '../package-fetch/fetch-package.ts';
import { metadataBytesMax } from '../package-fetch/wheel.ts';
import { listSets, listStored, type StoredPackage } from './store.ts';

/** Characters of an advisory's summary in a message. */
const summaryCharsMax = 160;

interface AuditedPackage {
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
    ...(licence === undefined ? {} : { licence: plainText(licence, reportTextCharsMax) }),
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

// Packages that the operator's advisories name: malware is refused, and so are vulnerable packages
// where host policy refuses them.

type Named = Pick<PackageCapability, 'ecosystem' | 'name' | 'version'>;

interface AdvisedPackage extends Named {
  readonly version: string;
  /** The advisory's id, such as `MAL-2026-1` or `GHSA-…`. */
  readonly id: string;
  readonly isMalware: boolean;
  /** Whether host policy allows the advisory. No exception covers malware, whatever its id. */
  readonly isAllowed: boolean;
  readonly summary: string;
}

/** The operator's advisories, and what the operator does with vulnerable packages. */
interface PackagePolicy extends AdvisorySource {
  readonly rules: VulnerabilityRules;
}

/** @throws Problem `host-policy-invalid` when an advisory cannot be read */
export function advisedPackages(
  policy: PackagePolicy,
  packages: readonly Named[],
  kind: AdvisoryKind,
): AdvisedPackage[] {
  if (policy.folder === undefined || packages.length === 0) return [];
  const advisories = openAdvisories(policy, kind);
  const { allowAdvisories = [] } = policy.rules;
  return packages.flatMap(({ ecosystem, name, version = '' }) => {
    const found = advisories(ecosystem, name).filter((one) => one.includes(version));
    // One advisory may have several entries for a package, or lie in two folders.
    const byId = new Map(
      found.map(({ id, isMalware, summary }) => [
        id,
        {
          ecosystem,
          name,
          version,
          id,
          isMalware,
          isAllowed: !isMalware && allowAdvisories.includes(id),
          summary,
        },
      ]),
    );
    return [...byId.values()];
  });
}

/**
 * Requires that no advisory names a package as malicious, and none as vulnerable where host policy
 * refuses such packages.
 * @param purpose begins the message: `run @acme/report`
 * @param nextStep the hint for whoever chose the versions; the authors of skills by default
 * @throws Problem `package-malicious`, `package-vulnerable` with a reason for each advisory,
 * `host-policy-invalid`
 */
export function requireAllowedPackages(
  policy: PackagePolicy,
  packages: readonly Named[],
  purpose: string,
  nextStep: (first: AdvisedPackage) => string | undefined = nextStepOfAuthors,
): void {
  const kind = policy.rules.vulnerable === 'refuse' ? 'all' : 'malware';
  const found = advisedPackages(policy, packages, kind).filter(({ isAllowed }) => !isAllowed);
  const malware = found.filter(({ isMalware }) => isMalware);
  const [malicious] = malware;
  if (malicious !== undefined)
    throw new Problem(
      'package-malicious',
      `Cannot ${purpose}: ${reasonOf(malicious)} as malicious`,
      { reasons: malware.map((one) => ({ message: reasonOf(one) })), hint: nextStep(malicious) },
    );
  const [vulnerable] = found;
  if (vulnerable === undefined) return;
  const reasons = found.map((one) => ({ message: `${reasonOf(one)}${summaryOf(one)}` }));
  throw new Problem(
    'package-vulnerable',
    `Cannot ${purpose}: ${reasonOf(vulnerable)} as vulnerable${summaryOf(vulnerable)}`,
    { reasons, hint: nextStep(vulnerable) },
  );
}

// The code of malware has a hint of its own.
function nextStepOfAuthors({ id, isMalware, name }: AdvisedPackage): string | undefined {
  return isMalware
    ? undefined
    : `use a newer version of ${name}: skillgate update for an installed skill, skillgate lock for your own. Or allow the advisory on this host: skillgate host advisories add allow ${id}`;
}

function reasonOf({ ecosystem, id, name, version }: AdvisedPackage): string {
  return `the advisory ${id} names ${name} ${version} of ${ecosystem}`;
}

function summaryOf({ summary }: AdvisedPackage): string {
  return summary === '' ? '' : `: ${summary.slice(0, summaryCharsMax).toWellFormed()}`;
}
