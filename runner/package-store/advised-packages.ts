/** Refuses packages that the operator's advisories name as malicious. */
import type { PackageCapability } from '../../skills-index/skill/capability.ts';
import { Problem, type Reason } from '../../skills-index/skill/problem.ts';
import { openAdvisories } from '../indexes/advisory-folder.ts';

/**
 * @param folder the operator's folder of advisories; undefined where host policy names none
 * @param purpose begins the message: `run @acme/report`
 * @throws Problem `package-malicious` with a reason for each advisory; `host-policy-invalid` when
 * the folder cannot be read
 */
export function requireNoMalware(
  folder: string | undefined,
  packages: readonly Pick<PackageCapability, 'ecosystem' | 'name' | 'version'>[],
  purpose: string,
): void {
  if (folder === undefined || packages.length === 0) return;
  const advisories = openAdvisories(folder);
  const reasons = packages.flatMap(({ ecosystem, name, version = '' }): Reason[] =>
    advisories(ecosystem, name)
      .filter((one) => one.includes(version))
      .map(({ id }) => ({
        message: `the advisory ${id} names ${name} ${version} of ${ecosystem}`,
      })),
  );
  const [first] = reasons;
  if (first === undefined) return;
  throw new Problem('package-malicious', `Cannot ${purpose}: ${first.message} as malicious`, {
    reasons,
  });
}
