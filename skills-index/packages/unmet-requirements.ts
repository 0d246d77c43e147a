/** Compares what an author or operator requires with the versions of packages. */
import { satisfies } from 'semver';
import type { Ecosystem } from '../skill/ecosystem.ts';
import { requiredName } from '../skill/manifest-packages.ts';
import type { Reason } from '../skill/problem.ts';
import type { LockedPackage } from './locked-package.ts';
import { areSpecifiers, isVersionIn } from './python-version.ts';

/** The requirements that a lock does not meet, with reasons. */
export function unmetRequirements(
  ecosystem: Ecosystem,
  requires: readonly string[],
  pinned: readonly LockedPackage[],
): Reason[] {
  return requires.flatMap((one) => {
    // Whether a marker holds differs from host to host.
    if (ecosystem === 'python' && one.includes(';')) return [];
    const name = requiredName(ecosystem, one);
    const found = pinned.filter(
      ({ name: own, places }) =>
        own === name && (places === undefined || places.includes(`node_modules/${name}`)),
    );
    if (found.length === 0)
      return [{ message: `skill.json requires ${one}, which the lock does not pin` }];
    return found
      .filter(({ version }) => !isVersionMet(ecosystem, one, version))
      .map(({ version }) => ({
        message: `skill.json requires ${one}, and the lock pins ${name} ${version}`,
      }));
  });
}

/** Whether a version of a package meets a requirement without a marker. */
export function isVersionMet(ecosystem: Ecosystem, requirement: string, version: string): boolean {
  if (ecosystem === 'python') {
    const specifiers = specifiersIn(requirement);
    return specifiers !== undefined && isVersionIn(specifiers, version);
  }
  const at = requirement.indexOf('@', 1);
  const range = at < 0 ? '*' : requirement.slice(at + 1);
  return satisfies(version, range, { includePrerelease: true });
}

/** Whether pip and uv can read the versions of a requirement; they cannot read `pandas=2.2`. */
export function hasReadableVersions(requirement: string): boolean {
  const specifiers = specifiersIn(requirement.split(';')[0] ?? '');
  return specifiers !== undefined && areSpecifiers(specifiers);
}

/** The specifiers of a requirement of Python without a marker. */
function specifiersIn(requirement: string): string | undefined {
  return /^[\w.-]+ *(?:\[[^\]]*\])? *\(?([^()]*)\)? *$/.exec(requirement)?.[1];
}
