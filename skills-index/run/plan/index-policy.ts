/**
 * The part of host policy about package indexes: where this host fetches packages of each
 * ecosystem, how old a version must be, and which advisories name malicious packages.
 */
import * as v from 'valibot';
import type { Ecosystem } from '../../skill/ecosystem.ts';
import { boundedList, exactObject } from '../../skill/shape.ts';
import { type ModelPlace, parseModelUrl } from '../agents/agent-policy.ts';

/** The days for which an index hides a new version, when host policy names no number of days. */
export const minimumAgeDaysDefault = 7;
const minimumAgeDaysMax = 365;
/** Each exception is compared with each advisory of a skill's packages. */
const allowedAdvisoriesMax = 1_000;

export interface PackageIndex {
  /**
   * `https://pypi.org/simple/`: an index by its name. `http://127.0.0.1:4873/`: a mirror of this
   * host or network, by its address. `file:///srv/wheels`: a folder of wheels or tarballs.
   */
  readonly url: string;
  /** The age of the youngest version that may be fetched; a folder has no ages. */
  readonly minimumAgeDays?: number;
}

export interface IndexPolicy {
  /** The package indexes of this host; an absent ecosystem has no index. */
  readonly indexes: Readonly<Partial<Record<Ecosystem, PackageIndex>>>;
  /** A folder with advisories in the OSV format. Ids that begin with `MAL-` name malware. */
  readonly advisories?: string;
  readonly packages: VulnerabilityRules;
}

/** What this host does with packages that an advisory names as vulnerable. Malware never runs. */
export interface VulnerabilityRules {
  /** `run` when absent. */
  readonly vulnerable?: 'run' | 'refuse';
  /** Ids of advisories that refuse no package. */
  readonly allowAdvisories?: readonly string[];
}

export type IndexPlace = { readonly kind: 'folder'; readonly path: string } | ModelPlace;

/** Parses the address of a package index; undefined for any other form. */
export function parseIndexUrl(url: string): IndexPlace | undefined {
  const [, path] = /^file:\/\/((?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._@+-]+)+)\/?$/.exec(url) ?? [];
  return path === undefined ? parseModelUrl(url) : { kind: 'folder', path };
}

/** Returns the age in days that a version needs; 0 for a folder, whose files have no date. */
export function minimumAgeOf({
  minimumAgeDays = minimumAgeDaysDefault,
  url,
}: PackageIndex): number {
  return url.startsWith('file:') ? 0 : minimumAgeDays;
}

const index = v.pipe(
  exactObject({
    url: v.pipe(
      v.string(),
      v.check(
        (url) => parseIndexUrl(url) !== undefined,
        'is neither https with a name, nor http://IP:PORT, nor file:///FOLDER',
      ),
    ),
    minimumAgeDays: v.exactOptional(
      v.pipe(
        v.number(),
        v.safeInteger('is not a whole number of days'),
        v.minValue(0, 'is less than 0'),
        v.maxValue(minimumAgeDaysMax, `is more than ${minimumAgeDaysMax}`),
      ),
    ),
  }),
  // A rule that cannot apply would look like protection.
  v.check(
    ({ minimumAgeDays = 0, url }) => minimumAgeDays === 0 || !url.startsWith('file:'),
    'has minimumAgeDays, but the files of a folder have no date of upload',
  ),
);

export const indexPolicyEntries = {
  indexes: v.optional(
    exactObject({ npm: v.exactOptional(index), python: v.exactOptional(index) }),
    {},
  ),
  advisories: v.exactOptional(
    v.pipe(
      v.string(),
      v.check(
        (path) => parseIndexUrl(`file://${path}`) !== undefined,
        'is not an absolute folder in plain form',
      ),
    ),
  ),
  packages: v.optional(
    exactObject({
      vulnerable: v.exactOptional(v.picklist(['run', 'refuse'])),
      allowAdvisories: v.exactOptional(
        boundedList(
          v.pipe(
            v.string(),
            v.check(
              (id) => /^[A-Z][A-Za-z0-9]{1,11}-[A-Za-z0-9-]{1,80}$/.test(id),
              'is not the id of an advisory, such as GHSA-xxxx-xxxx-xxxx',
            ),
            v.check((id) => !/^mal-/i.test(id), 'names malware, which no host allows'),
          ),
          allowedAdvisoriesMax,
        ),
      ),
    }),
    {},
  ),
};
