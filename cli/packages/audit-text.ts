/** What `skillgate packages audit` prints: advisories first, then a table of all packages. */
import type { LockDetail } from '../../skills-index/packages/locks/lock-details.ts';
import { bytesText, count, joined, type Safe, safe, shortText, table } from '../terminal/output.ts';

/** One stored package, with what the locks of the project's skills say about the package. */
export interface AuditRow {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly bytes?: number;
  readonly hasMachineCode?: boolean;
  readonly licence?: string;
  readonly lock: LockDetail | undefined;
  readonly sets: readonly string[];
  readonly skills: readonly string[];
  /** Whether the house's lock of this host has the version. */
  readonly isOfHouse: boolean;
  readonly advisories: readonly {
    readonly id: string;
    readonly isMalware: boolean;
    readonly isAllowed: boolean;
    readonly summary: string;
  }[];
}

export interface AuditReport {
  readonly rows: readonly AuditRow[];
  /** The folder of advisories; undefined where host policy names none. */
  readonly folder: string | undefined;
  readonly refusesVulnerable: boolean;
  readonly project: string;
  readonly unread: readonly { readonly skill: string; readonly why: string }[];
}

const summaryCharsMax = 120;
const cellCharsMax = 32;

export function auditText(report: AuditReport): Safe {
  const { project, rows, unread } = report;
  return joined(
    [
      ...advisoryLines(report),
      ...(rows.length === 0 ? [] : [safe``, packageTable(rows)]),
      ...unread.map(
        ({ skill, why }) =>
          safe`${skill} may use more of these packages: ${why}. skillgate ci fetches the files again.`,
      ),
      ...(rows.length === 0
        ? []
        : [
            safe`The packages’ authors wrote the licences. The locks of the skills say the upload times, publishers and attestations. Skillgate verified none of these.`,
            safe`“used by” names the skills of the project ${project} only, else the lock of this host.`,
          ]),
    ],
    '\n',
  );
}

function advisoryLines({ folder, refusesVulnerable, rows }: AuditReport): Safe[] {
  const found = rows.flatMap((row) => row.advisories.map((one) => ({ ...row, ...one })));
  const has = (kind: string): boolean => found.some((one) => kindOf(one) === kind);
  const stored = count(rows.length, 'stored package');
  if (folder === undefined)
    return [
      safe`${stored}. Host policy names no advisories, so Skillgate compared nothing with advisories.`,
      safe`→ mirror OSV (https://osv.dev), then: skillgate host advisories add folder DIR`,
    ];
  return [
    ...found.map(
      ({ ecosystem, id, name, sets, summary, version, ...one }) =>
        safe`${kindOf(one).padEnd(10)}  ${ecosystem} ${name} ${version}  ${id}  ${summary.slice(0, summaryCharsMax)} (set ${sets.join(', ') || 'none'})`,
    ),
    safe`Compared ${stored} with the advisories of ${folder}: ${count(found.length, 'match', 'matches')}`,
    ...(has('malicious')
      ? [safe`No skill with a malicious package starts. What earlier runs did: skillgate log`]
      : []),
    ...(has('vulnerable')
      ? [
          safe`${refusesVulnerable ? 'Host policy refuses vulnerable packages.' : 'Vulnerable packages run.'} ${newerVersions(found)}`,
        ]
      : []),
  ];
}

// Whoever chose a version chooses another one.
function newerVersions(found: readonly (KindFacts & Pick<AuditRow, 'isOfHouse'>)[]): Safe {
  const vulnerable = found.filter((one) => kindOf(one) === 'vulnerable');
  const steps = [
    ...(vulnerable.every(({ isOfHouse }) => isOfHouse)
      ? []
      : [safe`Ask the authors of the skills to lock newer versions.`]),
    ...(vulnerable.some(({ isOfHouse }) => isOfHouse)
      ? [safe`The lock of this host has such versions: skillgate host packages update`]
      : []),
  ];
  return joined(steps, ' ');
}

function kindOf({ isAllowed, isMalware }: KindFacts): string {
  return isMalware ? 'malicious' : isAllowed ? 'allowed' : 'vulnerable';
}

interface KindFacts {
  readonly isAllowed: boolean;
  readonly isMalware: boolean;
}

function packageTable(rows: readonly AuditRow[]): Safe {
  const unknown = 'unknown';
  const flag = (value: boolean | undefined): string =>
    value === undefined ? unknown : value ? 'yes' : 'no';
  return table([
    [
      'package',
      'licence',
      'size',
      'machine code',
      'uploaded',
      'publisher',
      'attestation',
      'used by',
    ],
    ...rows.map(({ bytes, ecosystem, lock, name, skills, version, ...one }) => [
      `${ecosystem} ${name} ${version}`,
      shortText(one.licence ?? lock?.licence ?? unknown, cellCharsMax),
      bytes === undefined ? unknown : bytesText(bytes),
      flag(one.hasMachineCode),
      lock?.uploaded?.slice(0, 10) ?? unknown,
      shortText(lock?.attestedBy ?? unknown, cellCharsMax),
      lock?.attestedBy === undefined ? unknown : 'named',
      skills.length > 0 ? skills.join(', ') : one.isOfHouse ? 'the lock of this host' : 'no skill',
    ]),
  ]);
}
