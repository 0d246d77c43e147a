import { join } from 'node:path';
import * as host from '../../runner/host/public.ts';
import * as packages from '../../runner/package-store/public.ts';
import { lookTextCharsMax } from '../../skills-index/packages/limits.ts';
import type { LockDetail } from '../../skills-index/packages/locks/lock-details.ts';
import { plainText } from '../../skills-index/packages/package-look.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { projectPackages } from '../install/skill-packages.ts';
import { projectAt } from '../run/admission.ts';
import { answer, count, joined, safe } from '../terminal/output.ts';
import { type AuditRow, auditText } from './audit-text.ts';
import { houseSets, wholeHouse } from './house-packages.ts';
import { packagePolicy } from './package-policy.ts';

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
  const { bytes, sets: stored } = packages.listSets(data);
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
  const policy = host.readHostPolicy(join(config, 'host.json'));
  const { advisories: folder } = policy;
  const project = await projectAt(context.cwd);
  const { skills, unread } = await projectPackages(context, project);
  const details = skills.flatMap((one) => one.details).map(plainDetail);
  const house = Object.values(wholeHouse(context)).flat();
  const rows = packages.auditPackages(data, packagePolicy(context, policy)).map((one) => ({
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
    ...(attestedBy === undefined ? {} : { attestedBy: plainText(attestedBy, lookTextCharsMax) }),
    ...(licence === undefined ? {} : { licence: plainText(licence, lookTextCharsMax) }),
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
  const cleaned = packages.cleanPackages(context.paths.data, before, now, houseSets(context));
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
