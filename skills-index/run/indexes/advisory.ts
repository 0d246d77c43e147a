/** Advisories about malicious packages, in the OSV format: ids that begin with `MAL-`. */
import { parse, satisfies } from 'semver';
import * as v from 'valibot';
import { isSameVersion } from '../../packages/python-version.ts';
import { type Ecosystem, normalPackageName } from '../../skill/ecosystem.ts';
import { Problem } from '../../skill/problem.ts';

/** The name of the file of an advisory about a malicious package. */
export const advisoryFile = /^MAL-[A-Za-z0-9-]+\.json$/;

/** The names that OSV and its mirrors give to the folders of an ecosystem. */
export const advisoryFolders: Readonly<Record<Ecosystem, readonly string[]>> = {
  npm: ['npm'],
  python: ['pypi', 'PyPI'],
};

const osvName: Readonly<Record<Ecosystem, string>> = { npm: 'npm', python: 'PyPI' };
const event = v.looseObject({
  introduced: v.optional(v.string()),
  fixed: v.optional(v.string()),
  last_affected: v.optional(v.string()),
});
const shape = v.looseObject({
  id: v.string(),
  withdrawn: v.optional(v.string()),
  affected: v.optional(
    v.array(
      v.looseObject({
        package: v.optional(v.looseObject({ ecosystem: v.string(), name: v.string() })),
        versions: v.optional(v.array(v.string())),
        ranges: v.optional(
          v.array(v.looseObject({ type: v.string(), events: v.optional(v.array(event), []) })),
        ),
      }),
    ),
    [],
  ),
});
type Affected = v.InferOutput<typeof shape>['affected'][number];

/** The versions of one package that one advisory names. */
export interface MaliciousVersions {
  readonly id: string;
  readonly ecosystem: Ecosystem;
  /** The package's name in its normal form. */
  readonly name: string;
  includes(version: string): boolean;
}

/**
 * Parses an advisory. A withdrawn advisory names nothing.
 * @throws Problem `host-policy-invalid`: an advisory that cannot be read might name any package
 */
export function parseAdvisory(text: string, path: string): readonly MaliciousVersions[] {
  const parsed = v.safeParse(shape, jsonOf(text));
  if (!parsed.success)
    throw new Problem('host-policy-invalid', `Cannot read ${path}: it is no OSV advisory`, {
      hint: 'fetch the file again, or delete it',
    });
  const { affected, id, withdrawn } = parsed.output;
  if (withdrawn !== undefined || !id.startsWith('MAL-')) return [];
  return affected.flatMap((one) => {
    const ecosystem = (['npm', 'python'] as const).find(
      (known) => osvName[known] === one.package?.ecosystem,
    );
    if (ecosystem === undefined || one.package === undefined) return [];
    const name = normalPackageName(ecosystem, one.package.name);
    return [{ id, ecosystem, name, includes: (version) => isAffected(ecosystem, one, version) }];
  });
}

// A listed version is malicious. An entry without a list, or with a range that has no end, names
// every version that its ranges do not exclude.
function isAffected(
  ecosystem: Ecosystem,
  { ranges = [], versions = [] }: Affected,
  version: string,
): boolean {
  // Python has many spellings of one version: a lock may say 1.0.0 where the advisory says 1.0.
  const isSame = ecosystem === 'python' ? isSameVersion : isSameOfNpm;
  if (versions.some((one) => isSame(one, version))) return true;
  if (ranges.length === 0) return versions.length === 0;
  return ranges.some(({ events, type }) => {
    const isEndless = !events.some(({ fixed, last_affected }) => fixed ?? last_affected);
    // Only npm's versions are compared here. A Python range with an end has a list of versions.
    if (type !== 'SEMVER' || ecosystem !== 'npm')
      return (isEndless && isFromStart(events)) || versions.length === 0;
    return satisfies(version, rangeOf(events), { includePrerelease: true, loose: true });
  });
}

// Such as `1.0.0` and `v1.0.0+build`.
function isSameOfNpm(a: string, b: string): boolean {
  return (
    a === b || (parse(a, { loose: true })?.compare(b) === 0 && parse(b, { loose: true }) !== null)
  );
}

function isFromStart(events: readonly v.InferOutput<typeof event>[]): boolean {
  return events.some(({ introduced }) => introduced === '0');
}

function rangeOf(events: readonly v.InferOutput<typeof event>[]): string {
  const parts: string[][] = [];
  for (const { fixed, introduced, last_affected } of events) {
    if (introduced !== undefined) parts.push([`>=${introduced === '0' ? '0.0.0-0' : introduced}`]);
    if (fixed !== undefined) parts.at(-1)?.push(`<${fixed}`);
    if (last_affected !== undefined) parts.at(-1)?.push(`<=${last_affected}`);
  }
  return parts.map((part) => part.join(' ')).join(' || ');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
