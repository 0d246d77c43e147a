/** Packages that the operator's advisories name: malware is refused, vulnerabilities are shown. */
import type { AdvisoryKind } from '../../skills-index/run/indexes/advisory.ts';
import type { PackageCapability } from '../../skills-index/skill/capability.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type AdvisorySource, openAdvisories } from '../indexes/advisory-folder.ts';

type Named = Pick<PackageCapability, 'ecosystem' | 'name' | 'version'>;

export interface AdvisedPackage extends Named {
  readonly version: string;
  /** The advisory's id, such as `MAL-2026-1` or `GHSA-…`. */
  readonly id: string;
  readonly isMalware: boolean;
  readonly summary: string;
}

/** @throws Problem `host-policy-invalid` when an advisory cannot be read */
export function advisedPackages(
  source: AdvisorySource,
  packages: readonly Named[],
  kind: AdvisoryKind,
): AdvisedPackage[] {
  if (source.folder === undefined || packages.length === 0) return [];
  const advisories = openAdvisories(source, kind);
  return packages.flatMap(({ ecosystem, name, version = '' }) => {
    const found = advisories(ecosystem, name).filter((one) => one.includes(version));
    // One advisory may have several entries for a package, or lie in two folders.
    const byId = new Map(
      found.map(({ id, isMalware, summary }) => [
        id,
        { ecosystem, name, version, id, isMalware, summary },
      ]),
    );
    return [...byId.values()];
  });
}

/**
 * @param purpose begins the message: `run @acme/report`
 * @throws Problem `package-malicious` with a reason for each advisory, `host-policy-invalid`
 */
export function requireNoMalware(
  source: AdvisorySource,
  packages: readonly Named[],
  purpose: string,
): void {
  const reasons = advisedPackages(source, packages, 'malware').map(
    ({ ecosystem, id, name, version }) => ({
      message: `the advisory ${id} names ${name} ${version} of ${ecosystem}`,
    }),
  );
  const [first] = reasons;
  if (first === undefined) return;
  throw new Problem('package-malicious', `Cannot ${purpose}: ${first.message} as malicious`, {
    reasons,
  });
}
