/**
 * How urgent a version is for a reviewer: a sum of named parts, so that people can discuss the
 * order of the queue. Pure.
 */
import {
  type Capabilities,
  type CapabilityKind,
  listCapabilities,
  minus,
} from '../../skills-index/skill/capability.ts';
import { capitalized } from '../../skills-index/skill/text/capitalized.ts';
import type { Confidence, Severity, Verdict } from '../../skills-index/statement/finding.ts';
import { type Prose, type Remark, remarkKinds } from '../../skills-index/statement/prose.ts';
import { changeWords } from '../../skills-index/statement/prose-change.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { defaultPolicy, hasReach } from '../../skills-index/trust/policy/policy.ts';
import { maliciousWords } from '../versions/malicious-packages.ts';
import type { CountedObservation } from '../versions/observations.ts';
import { type ChangesSince, changeNames, type ProseSince } from './prose-since.ts';
import type { PackageAlarms } from './seen-packages.ts';

// One named part of a version's risk.

/** The most points of each part. */
const ceiling = {
  evidence: 50,
  copy: 40,
  undeclared: 15,
  reach: 15,
  unread: 10,
  prose: 20,
  change: 25,
  reader: 20,
  observed: 50,
  package: 60,
} as const;

interface RiskPart {
  /** The name that the desk shows. */
  readonly name: keyof typeof ceiling | 'newcomer';
  readonly points: number;
  /** One sentence with the numbers behind the points. */
  readonly why: string;
}

/** A part with at most the points of its ceiling. */
function part(name: keyof typeof ceiling, points: number, why: string): RiskPart {
  return { name, points: Math.min(ceiling[name], Math.round(points)), why };
}

/** `1 capability`, `2 capabilities`. */
function count(number: number, noun: string): string {
  const plural = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${number} ${number === 1 ? noun : plural}`;
}

export interface Risk {
  /** 0 to 100. */
  readonly total: number;
  /** Only parts with points, the heaviest first. */
  readonly parts: readonly RiskPart[];
}

/** A near copy, as far as the risk needs it. */
interface CopyRisk {
  readonly likeness: number;
  /** The other version was held back or revoked. */
  readonly knownBad: boolean;
  /** The other version was published before. */
  readonly earlier: boolean;
}

interface RiskInput {
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
  readonly reading?: ModelReading | undefined;
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

// A model's remarks about the prose of a version, with the places of the remarked sentences.

export interface ModelReading {
  /** The name of the model. */
  readonly model: string;
  readonly remarks: readonly (Omit<Remark, 'sentence'> & {
    readonly path: string;
    readonly line: number;
  })[];
  /** The number of sentences about which the model answered nothing. */
  readonly unread: number;
}

/** The reading of a prose; undefined where no model read it. */
export function modelReading({ reading, sentences }: Prose): ModelReading | undefined {
  if (reading === undefined) return undefined;
  const { model, unread } = reading;
  const remarks = reading.remarks.flatMap(({ sentence, quote, kind }) => {
    const { path, line } = sentences[sentence] ?? {};
    return path === undefined || line === undefined ? [] : [{ path, line, quote, kind }];
  });
  return { model, remarks, unread };
}

// The parts of a version's risk that compare it with the last approved version, or that tell what a
// model remarked and what an observation saw.

// One new sentence can be the whole attack, so every one counts. Text that readers do not see
// counts most. For a first version, `newcomer` counts instead.
function changedProse(prose: ProseSince): RiskPart {
  switch (prose.kind) {
    case 'first':
      return part('prose', 0, '');
    case 'untold':
      return part(
        'prose',
        8,
        `Its prose cannot be compared with ${prose.since}: no scan listed the sentences of both.`,
      );
    case 'told': {
      const { since, left, change } = prose;
      const { added, addedCount, removed, novelty, isSame } = change;
      const hidden = added.filter((sentence) => sentence.isHidden).length;
      const points =
        addedCount > 0 ? 6 + 6 * novelty + (hidden > 0 ? 8 : 0) : removed > 0 ? 4 : isSame ? 0 : 2;
      const why = `${changeWords(change, since, left)}${hidden > 0 ? ` ${hidden} new but hidden.` : ''}`;
      return part('prose', left > 0 ? Math.max(points, 8) : points, why);
    }
  }
}

// What a taken-over skill needs: somewhere to send to, something to send, something to start.
const addedPoints: Readonly<Record<CapabilityKind, number>> = {
  env: 4,
  secret: 8,
  egress: 8,
  mount: 4,
  exec: 6,
  package: 0,
};
const commandPoints = 6;
const newPublisherPoints = 12;

function changedReach(changes: ChangesSince | undefined): RiskPart {
  const names = changes === undefined ? [] : changeNames(changes);
  if (changes === undefined || names.length === 0) return part('change', 0, '');
  const points =
    changes.added.reduce((sum, { kind }) => sum + addedPoints[kind], 0) +
    changes.commands.length * commandPoints +
    (changes.isNewPublisher ? newPublisherPoints : 0);
  return part('change', points, `New since ${changes.since}: ${shortList(names)}.`);
}

const namesShownMax = 3;
const nameCharsMax = 120;

function shortList(names: readonly string[]): string {
  const shown = names
    .slice(0, namesShownMax)
    .map((name) => (name.length > nameCharsMax ? `${name.slice(0, nameCharsMax)}…` : name));
  const more = names.length - shown.length;
  return `${shown.join('; ')}${more === 0 ? '' : `; and ${more} more`}`;
}

const observedPoints: Readonly<Record<Verdict, number>> = {
  pass: 0,
  incomplete: 4,
  review: 16,
  block: ceiling.observed,
};
const observedWords: Readonly<Record<Verdict, string>> = {
  pass: 'no fact speaks against it',
  incomplete: 'not all of it ran, so something may be unseen',
  review: 'a person has to judge what it did',
  block: 'it did what no skill may do',
};

/** What the version did in sandboxes with decoys. A pass takes no points away. */
function didWhenRun(observed: Pick<CountedObservation, 'verdict' | 'by'> | undefined): RiskPart {
  if (observed === undefined) return part('observed', 0, '');
  const { by, verdict } = observed;
  return part('observed', observedPoints[verdict], `${by} ran it: ${observedWords[verdict]}.`);
}

const firstRemarkPoints = 12;

/** What a model remarked. The remark is an opinion, so it weighs less than evidence. */
function remarked(reading: ModelReading | undefined): RiskPart {
  const [first, ...more] = reading?.remarks ?? [];
  if (reading === undefined || first === undefined) return part('reader', 0, '');
  const others = more.length === 0 ? '' : `, and ${count(more.length, 'more remark')}`;
  return part(
    'reader',
    firstRemarkPoints + 2 * more.length,
    `${reading.model} remarks that ${remarkKinds[first.kind]} (${first.path}:${first.line})${others}.`,
  );
}
