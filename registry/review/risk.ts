/**
 * How urgent a version is for a reviewer: a sum of named parts, so that people can discuss the
 * order of the queue. Pure.
 */

import { type Capabilities, listCapabilities, minus } from '../../skills-index/skill/capability.ts';
import { capitalized } from '../../skills-index/skill/text/capitalized.ts';
import type { Confidence, Severity } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { defaultPolicy, hasReach } from '../../skills-index/trust/policy/policy.ts';
import { maliciousWords } from '../versions/malicious-packages.ts';
import type { CountedObservation } from '../versions/observations.ts';
import type { ChangesSince } from './changes-since.ts';
import type { ProseSince } from './prose-since.ts';
import type { ShownReading } from './reading.ts';
import { changedProse, changedReach, didWhenRun, remarked } from './risk-of-change.ts';
import { ceiling, count, part, type RiskPart } from './risk-part.ts';
import type { PackageAlarms } from './seen-packages.ts';

export interface Risk {
  /** 0 to 100. */
  readonly total: number;
  /** Only parts with points, the heaviest first. */
  readonly parts: readonly RiskPart[];
}

/** A near copy, as far as the risk needs it. */
export interface CopyRisk {
  readonly likeness: number;
  /** The other version was held back or revoked. */
  readonly knownBad: boolean;
  /** The other version was published before. */
  readonly earlier: boolean;
}

export interface RiskInput {
  /** Absent while no scan has ended. */
  readonly report: ScanReport | undefined;
  /**
   * From the signed manifest. The report may have compared with another manifest, when no author
   * wrote one.
   */
  readonly declared: Capabilities;
  /** No version of this skill was approved before. */
  readonly firstVersion: boolean;
  /** Approved earlier versions of this publisher: 0, or some. */
  readonly publisherApprovals: number;
  /** Near copies of versions of others, or of versions that were held back. */
  readonly copies?: readonly CopyRisk[];
  /** Compared with the last approved version. */
  readonly prose?: ProseSince;
  /** Compared with the last approved version; absent for a first version. */
  readonly changes?: ChangesSince | undefined;
  /** Absent where no model read the prose. */
  readonly reading?: ShownReading | undefined;
  /** The worst observation; absent where nobody observed the version. */
  readonly observed?: Pick<CountedObservation, 'verdict' | 'by'> | undefined;
  readonly packages?: PackageAlarms;
}

const severityPoints: Readonly<Record<Severity, number>> = {
  info: 0,
  low: 2,
  medium: 8,
  high: 22,
  critical: 40,
};
const confidenceShare: Readonly<Record<Confidence, number>> = {
  exact: 1,
  folded: 1,
  lexical: 0.7,
  widened: 0.5,
};
/**
 * The risk of a version as named parts whose points add up to `total`, or to more where that would
 * be over 100.
 */
export function riskOf({
  report,
  declared,
  firstVersion,
  publisherApprovals,
  copies = [],
  prose = { kind: 'first' },
  changes,
  reading,
  observed,
  packages,
}: RiskInput): Risk {
  const parts = [
    ...(report === undefined
      ? [noReport]
      : [evidence(report), undeclared(report, declared), reach(report, declared), unread(report)]),
    copy(copies),
    badPackages(packages),
    changedProse(prose),
    changedReach(changes),
    remarked(reading),
    didWhenRun(observed),
    newcomer(firstVersion, publisherApprovals),
  ]
    .filter((part) => part.points > 0)
    .sort((a, b) => b.points - a.points);
  return {
    total: Math.min(
      100,
      parts.reduce((sum, part) => sum + part.points, 0),
    ),
    parts,
  };
}

const noReport: RiskPart = {
  name: 'unread',
  points: ceiling.unread,
  why: 'There is no scan report yet.',
};

function evidence({ findings }: ScanReport): RiskPart {
  const malice = findings.filter((finding) => finding.kind === 'malice');
  const points = malice.reduce(
    (sum, finding) => sum + severityPoints[finding.severity] * confidenceShare[finding.confidence],
    0,
  );
  return part(
    'evidence',
    points,
    `${count(malice.length, 'finding')} of malice, by severity and confidence.`,
  );
}

function undeclared({ capabilities }: ScanReport, declared: Capabilities): RiskPart {
  // A package that nobody declared is not in the sandbox, so its import only fails.
  const found = listCapabilities(minus(capabilities.observed, declared)).filter(
    ({ kind }) => kind !== 'package',
  );
  return part(
    'undeclared',
    found.length * 5,
    `${count(found.length, 'capability')} used that the manifest does not declare.`,
  );
}

function reach({ capabilities }: ScanReport, declared: Capabilities): RiskPart {
  const all = [declared, capabilities.observed];
  const named = [
    {
      points: 6,
      says: 'requests to any host',
      holds: all.some((capabilities) =>
        capabilities.egress.some((to) => /^[a-z]+:\/\/\*/.test(to.url)),
      ),
    },
    {
      points: 6,
      says: 'a program that starts others or carries data out',
      holds: all.some((capabilities) =>
        capabilities.exec.some((exec) => hasReach(defaultPolicy, exec.program)),
      ),
    },
    {
      points: 5,
      says: 'secrets together with network access',
      holds:
        declared.secret.length > 0 && all.some((capabilities) => capabilities.egress.length > 0),
    },
    {
      points: 3,
      says: 'access to a whole workspace',
      holds: all.some((capabilities) =>
        capabilities.mount.some((mount) => mount.source === 'workspace:'),
      ),
    },
    {
      points: 2,
      says: 'writes outside the skill',
      holds: all.some((capabilities) => capabilities.mount.some((mount) => mount.mode === 'rw')),
    },
  ].filter((reach) => reach.holds);
  const points = named.reduce((sum, reach) => sum + reach.points, 0);
  return part(
    'reach',
    points,
    `It asks for or uses ${named.map((reach) => reach.says).join(', ')}.`,
  );
}

// A copy of a version that was held back counts like evidence. A copy of a stranger's skill may be
// a fork or a disguise.
function copy(copies: readonly CopyRisk[]): RiskPart {
  const bad = copies.filter((copy) => copy.knownBad);
  if (bad.length > 0)
    return part(
      'copy',
      ceiling.copy,
      `The skill is nearly the same as ${count(bad.length, 'version')} that the registry held back or revoked.`,
    );
  const earlier = copies.filter((copy) => copy.earlier);
  return part(
    'copy',
    earlier.length > 0 ? 15 : 0,
    `The skill is nearly the same as ${count(earlier.length, 'skill')} of somebody else.`,
  );
}

function unread({ coverage, verdict }: ScanReport): RiskPart {
  const skipped = coverage.files.filter((file) => file.disposition === 'unanalysed').length;
  const points = verdict === 'incomplete' ? ceiling.unread : skipped * 2;
  return part('unread', points, `${count(skipped, 'file')} that the scanner could not read.`);
}

function badPackages(
  { malicious, blocked }: PackageAlarms = { malicious: [], blocked: [] },
): RiskPart {
  const [first] = malicious;
  if (first !== undefined)
    return part('package', ceiling.package, `${capitalized(maliciousWords(first))}.`);
  const [odd] = blocked;
  const why =
    odd === undefined
      ? ''
      : `The scan of ${odd.name} ${odd.version} of ${odd.ecosystem} says block.`;
  return part('package', odd === undefined ? 0 : 40, why);
}

function newcomer(firstVersion: boolean, publisherApprovals: number): RiskPart {
  if (publisherApprovals === 0)
    return {
      name: 'newcomer',
      points: 10,
      why: 'No version of this publisher was approved before.',
    };
  return {
    name: 'newcomer',
    points: firstVersion ? 4 : 0,
    why: 'This is the first version of the skill.',
  };
}
