/** Advisories about packages, in the OSV format. Ids that begin with `MAL-` name malware. */
import { parse, satisfies, validRange } from 'semver';
import * as v from 'valibot';
import { compares, isSameVersion } from '../../packages/python-marker.ts';
import { type Ecosystem, ecosystems, normalPackageName } from '../../skill/ecosystem.ts';
import { Problem } from '../../skill/problem.ts';

/** Which advisories are read. */
export type AdvisoryKind = 'malware' | 'all';

/** The names of the files of advisories. Malware must not pass because of its id's case. */
export const advisoryFiles: Readonly<Record<AdvisoryKind, RegExp>> = {
  malware: /^MAL-[A-Z0-9-]+\.json$/i,
  all: /^([A-Z]{2,12}|[Mm][Aa][Ll])-[A-Za-z0-9-]+\.[Jj][Ss][Oo][Nn]$/,
};

const osvName: Readonly<Record<Ecosystem, string>> = { npm: 'npm', python: 'PyPI' };

/** The ecosystem of this name, in OSV or as the folder of a mirror: `PyPI`, `pypi`. */
export function ecosystemOf(name: string): Ecosystem | undefined {
  const plain = name.trim().toLowerCase();
  return ecosystems.find((known) => osvName[known].toLowerCase() === plain);
}

const event = v.looseObject({
  introduced: v.optional(v.string()),
  fixed: v.optional(v.string()),
  last_affected: v.optional(v.string()),
});
const shape = v.looseObject({
  id: v.string(),
  summary: v.optional(v.string(), ''),
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
type Events = readonly v.InferOutput<typeof event>[];

/** What one advisory says about one package. */
export interface Advisory {
  readonly id: string;
  readonly isMalware: boolean;
  readonly summary: string;
  readonly ecosystem: Ecosystem;
  /** The package's name in its normal form. */
  readonly name: string;
  includes(version: string): boolean;
}

/**
 * Parses an advisory. A withdrawn advisory names nothing.
 * @throws Problem `host-policy-invalid`: an advisory that cannot be read might name any package
 */
export function parseAdvisory(text: string, path: string): readonly Advisory[] {
  const parsed = v.safeParse(shape, jsonOf(text));
  if (!parsed.success)
    throw new Problem('host-policy-invalid', `Cannot read ${path}: it is no OSV advisory`, {
      hint: 'fetch the file again, or delete it',
    });
  const { affected, id: said, summary, withdrawn } = parsed.output;
  if (withdrawn !== undefined && withdrawn !== '') return [];
  const id = said.trim().replace(/^mal-/i, 'MAL-');
  const isMalware = id.startsWith('MAL-');
  const isAffected = isMalware ? isMalicious : isVulnerable;
  return affected.flatMap((one) => {
    const ecosystem = ecosystemOf(one.package?.ecosystem ?? '');
    if (ecosystem === undefined || one.package === undefined) return [];
    const name = normalPackageName(ecosystem, one.package.name.trim());
    const includes = (version: string): boolean => isAffected(ecosystem, one, version);
    return [{ id, isMalware, summary, ecosystem, name, includes }];
  });
}

// A listed version is malicious. An entry without a list, or with a range that has no end, names
// every version that its ranges do not exclude.
function isMalicious(ecosystem: Ecosystem, one: Affected, version: string): boolean {
  const { ranges = [], versions = [] } = one;
  if (isListed(ecosystem, one, version)) return true;
  if (ranges.length === 0) return versions.length === 0;
  return ranges.some(({ events, type }) => {
    const isEndless = !events.some(({ fixed, last_affected }) => fixed ?? last_affected);
    // A Python range with an end has a list of versions.
    if (type !== 'SEMVER' || ecosystem !== 'npm')
      return (isEndless && isFromStart(events)) || versions.length === 0;
    return isInNpmRange(events, version) || isUnclear(events, version);
  });
}

// A range that cannot be read excludes nothing, and excludes no version that cannot be read.
function isUnclear(events: Events, version: string): boolean {
  return validRange(rangeOf(events), { loose: true }) === null || parse(version, true) === null;
}

function isVulnerable(ecosystem: Ecosystem, one: Affected, version: string): boolean {
  const { ranges = [] } = one;
  if (isListed(ecosystem, one, version)) return true;
  return ranges.some(({ events, type }) =>
    ecosystem === 'npm'
      ? type === 'SEMVER' && isInNpmRange(events, version)
      : type === 'ECOSYSTEM' && isInPythonRange(events, version),
  );
}

// Python has many spellings of one version: a lock may say 1.0.0 where the advisory says 1.0.
function isListed(ecosystem: Ecosystem, { versions = [] }: Affected, version: string): boolean {
  const isSame = ecosystem === 'python' ? isSameVersion : isSameOfNpm;
  return versions.some((one) => isSame(one, version));
}

// Such as `1.0.0` and `v1.0.0+build`.
function isSameOfNpm(a: string, b: string): boolean {
  const other = parse(b, true);
  return a === b || (other !== null && parse(a, true)?.compare(other) === 0);
}

function isFromStart(events: Events): boolean {
  return events.some(({ introduced }) => introduced === '0');
}

function isInNpmRange(events: Events, version: string): boolean {
  return satisfies(version, rangeOf(events), { includePrerelease: true, loose: true });
}

function rangeOf(events: Events): string {
  const parts: string[][] = [];
  for (const { fixed, introduced, last_affected } of events) {
    if (introduced !== undefined) parts.push([`>=${introduced === '0' ? '0.0.0-0' : introduced}`]);
    if (fixed !== undefined) parts.at(-1)?.push(`<${fixed}`);
    if (last_affected !== undefined) parts.at(-1)?.push(`<=${last_affected}`);
  }
  return parts.map((part) => part.join(' ')).join(' || ');
}

// The last event that is not after the version decides. Advisories list events in any order.
function isInPythonRange(events: Events, version: string): boolean {
  let isIn = false;
  for (const { fixed, introduced, last_affected } of events.toSorted(byPythonVersion)) {
    if (introduced === '0' || (introduced !== undefined && compares(version, '>=', introduced)))
      isIn = true;
    if (fixed !== undefined && compares(version, '>=', fixed)) isIn = false;
    if (last_affected !== undefined && !compares(version, '<=', last_affected)) isIn = false;
  }
  return isIn;
}

function byPythonVersion(a: Events[number], b: Events[number]): number {
  const of = ({ fixed, introduced, last_affected }: Events[number]): string =>
    introduced ?? fixed ?? last_affected ?? '';
  return compares(of(a), '<', of(b)) ? -1 : compares(of(a), '>', of(b)) ? 1 : 0;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
