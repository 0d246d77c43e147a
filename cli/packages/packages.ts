import { join } from 'node:path';
import { readHostPolicy } from '../../runner/host/host-policy.ts';
import { auditPackages } from '../../runner/package-store/audit-packages.ts';
import { cleanPackages, listSets } from '../../runner/package-store/store.ts';
import type { LockDetail } from '../../skills-index/packages/locks/lock-details.ts';
import { plainText, reportTextCharsMax } from '../../skills-index/packages/package-report.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { projectPackages } from '../install/outdated.ts';
import { projectAt } from '../run/admission.ts';
import {
  answer,
  bytesText,
  count,
  joined,
  type Safe,
  safe,
  shortText,
  table,
} from '../terminal/output.ts';
import { houseSets, wholeHouse } from './fetch-packages.ts';
import { packagePolicy } from './report-on-package.ts';

const daysDefault = 30;
const daysMax = 3_650;
const millisecondsOfDay = 24 * 60 * 60 * 1000;

/** `skillgate packages`: what the store holds, what it no longer needs, what advisories name. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [verb = 'list'] = context.args;
  if (verb === 'list') list(context);
  else if (verb === 'clean') clean(context);
  else if (verb === 'audit') return audit(context);
  else
    throw new Problem('usage', `packages has no command ${JSON.stringify(verb)}`, {
      hint: 'skillgate packages list, skillgate packages clean, or skillgate packages audit',
    });
  return exitCodes.ok;
}

function list(context: CommandContext): void {
  const { data } = context.paths;
  const { bytes, sets: stored } = listSets(data);
  const sets = stored.map((set) => ({
    set: set.name,
    ecosystem: set.record.ecosystem,
    bytes: set.record.bytes,
    native: set.record.native,
    used: set.used.toISOString(),
    packages: set.record.packages.map(({ name, version }) => `${name} ${version}`),
  }));
  answer(context, { schema: 'skillgate.packages/1', bytes, sets }, () =>
    joined(
      [
        ...sets.map(
          (one) =>
            safe`${one.set}  ${one.ecosystem}, ${inMegabytes(one.bytes)}, last used ${one.used.slice(0, 10)}: ${one.packages.join(', ')}`,
        ),
        safe`${count(sets.length, 'set')} of packages; the store has ${inMegabytes(bytes)}`,
      ],
      '\n',
    ),
  );
}

/** What this host knows of each stored package. No query leaves this host. */
async function audit(context: CommandContext): Promise<ExitCode> {
  const { config, data } = context.paths;
  const policy = readHostPolicy(join(config, 'host.json'));
  const { advisories: folder } = policy;
  const project = await projectAt(context.cwd);
  const { skills, unread } = await projectPackages(context, project);
  const details = skills.flatMap((one) => one.details).map(plainDetail);
  const house = Object.values(wholeHouse(context)).flat();
  const rows = auditPackages(data, packagePolicy(context, policy)).map((one) => ({
    ...one,
    lock: details.find((detail) => isSame(detail, one)),
    isOfHouse: house.some((chosen) => isSame(chosen, one)),
    skills: skills
      .filter((skill) => skill.packages.some((used) => isSame(used, one)))
      .map(({ skill }) => skill),
  }));
  const found = rows.flatMap(({ advisories, sets }) => advisories.map((one) => ({ ...one, sets })));
  const refusesVulnerable = policy.packages.vulnerable === 'refuse';
  answer(
    context,
    {
      schema: 'skillgate.packages-audit/1',
      checked: folder === undefined ? 0 : rows.length,
      advisories: found,
      folder: folder ?? null,
      packages: rows.map(asJson),
      project: project.folder,
      unread,
    },
    () => auditText({ rows, folder, refusesVulnerable, project: project.folder, unread }),
  );
  const isRefused = found.some(
    ({ isAllowed, isMalware }) => isMalware || (refusesVulnerable && !isAllowed),
  );
  return isRefused ? exitCodes.refused : exitCodes.ok;
}

// Authors of skills write any text of any length into a lock.
function plainDetail(detail: LockDetail): LockDetail {
  const { attestedBy, licence } = detail;
  return {
    ...detail,
    ...(attestedBy === undefined ? {} : { attestedBy: plainText(attestedBy, reportTextCharsMax) }),
    ...(licence === undefined ? {} : { licence: plainText(licence, reportTextCharsMax) }),
  };
}

// A program finds each member in each package.
function asJson({ lock, ...row }: AuditRow & { readonly archives: readonly string[] }) {
  return {
    ecosystem: row.ecosystem,
    name: row.name,
    version: row.version,
    archives: row.archives,
    licence: row.licence ?? lock?.licence ?? 'unknown',
    bytes: row.bytes ?? 'unknown',
    hasMachineCode: row.hasMachineCode ?? 'unknown',
    uploaded: lock?.uploaded ?? 'unknown',
    publisher: lock?.attestedBy ?? 'unknown',
    attestation: lock?.attestedBy === undefined ? 'unknown' : 'named',
    advisories: row.advisories.map(({ id }) => id),
    sets: row.sets,
    skills: row.skills,
  };
}

function isSame(a: NamedVersion, b: NamedVersion): boolean {
  return a.ecosystem === b.ecosystem && a.name === b.name && a.version === b.version;
}

interface NamedVersion {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
}

function clean(context: CommandContext): void {
  const days = daysOf(context.options.days);
  const now = context.now();
  const before = new Date(now.getTime() - days * millisecondsOfDay);
  const cleaned = cleanPackages(context.paths.data, before, now, houseSets(context));
  answer(
    context,
    { schema: 'skillgate.packages-cleaned/1', ...cleaned },
    () =>
      safe`deleted ${count(cleaned.sets, 'set')} and ${count(cleaned.packages, 'package')}, ${inMegabytes(cleaned.bytes)}`,
  );
}

function daysOf(option: unknown): number {
  if (option === undefined) return daysDefault;
  const days = typeof option === 'string' && /^\d{1,4}$/.test(option) ? Number(option) : 0;
  if (days >= 1 && days <= daysMax) return days;
  // The store notes the start of a run, and not its end, so a set of today may be in use.
  throw new Problem(
    'usage',
    `--days takes a number of days from 1 to ${daysMax}: a run that began today may still use its packages`,
  );
}

function inMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000)} MB`;
}

// What `skillgate packages audit` prints: advisories first, then a table of all packages.

/** One stored package, with what the locks of the project's skills say about the package. */
interface AuditRow {
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

interface AuditReport {
  readonly rows: readonly AuditRow[];
  /** The folder of advisories; undefined where host policy names none. */
  readonly folder: string | undefined;
  readonly refusesVulnerable: boolean;
  readonly project: string;
  readonly unread: readonly { readonly skill: string; readonly why: string }[];
}

const summaryCharsMax = 120;
const cellCharsMax = 32;

function auditText(report: AuditReport): Safe {
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
