/**
 * Packages that the operator's advisories name: malware is refused, and so are vulnerable packages
 * where host policy refuses them.
 */
import type { AdvisoryKind } from '../../skills-index/run/indexes/advisory.ts';
import type { VulnerabilityRules } from '../../skills-index/run/plan/index-policy.ts';
import type { PackageCapability } from '../../skills-index/skill/capability.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type AdvisorySource, openAdvisories } from '../indexes/advisory-folder.ts';
import { summaryCharsMax } from './limits.ts';

type Named = Pick<PackageCapability, 'ecosystem' | 'name' | 'version'>;

export interface AdvisedPackage extends Named {
  readonly version: string;
  /** The advisory's id, such as `MAL-2026-1` or `GHSA-…`. */
  readonly id: string;
  readonly isMalware: boolean;
  /** Whether host policy allows the advisory. No exception covers malware, whatever its id. */
  readonly isAllowed: boolean;
  readonly summary: string;
}

/** The operator's advisories, and what the operator does with vulnerable packages. */
export interface PackagePolicy extends AdvisorySource {
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
