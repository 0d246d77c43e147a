import { join } from 'node:path';
import * as host from '../../runner/host/public.ts';
import * as packages from '../../runner/package-store/public.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, count, joined, safe } from '../terminal/output.ts';
import { houseSets } from './house-packages.ts';
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

/** The stored packages that advisories name. No query leaves this host. */
function audit(context: CommandContext): ExitCode {
  const { config, data } = context.paths;
  const policy = host.readHostPolicy(join(config, 'host.json'));
  const { advisories: folder } = policy;
  if (folder === undefined)
    throw new Problem('usage', 'Cannot audit packages: host policy names no advisories', {
      hint: 'Mirror OSV data (https://osv.dev), and name the folder under "advisories" in host.json.',
    });
  const { sets } = packages.listSets(data);
  const stored = new Map(
    sets.flatMap(({ record }) =>
      record.packages.map((one) => [
        `${record.ecosystem} ${one.name} ${one.version}`,
        { ecosystem: record.ecosystem, ...one },
      ]),
    ),
  );
  const found = packages
    .advisedPackages(packagePolicy(context, policy), [...stored.values()], 'all')
    .sort((a, b) => Number(b.isMalware) - Number(a.isMalware) || (a.name < b.name ? -1 : 1))
    .map((one) => ({
      ...one,
      sets: sets.filter((set) => hasPackage(set.record, one)).map(({ name }) => name),
    }));
  const malware = found.filter(({ isMalware }) => isMalware).length;
  answer(
    context,
    { schema: 'skillgate.packages-audit/1', checked: stored.size, advisories: found },
    () =>
      joined(
        [
          ...found.map(
            ({ ecosystem, id, isMalware, name, sets: own, summary, version }) =>
              safe`${isMalware ? 'malicious ' : 'vulnerable'}  ${ecosystem} ${name} ${version}  ${id}  ${summary.slice(0, summaryCharsMax)} (set ${own.join(', ')})`,
          ),
          safe`Compared ${count(stored.size, 'stored package')} with the advisories of ${folder}: ${count(found.length, 'match', 'matches')}`,
          ...(malware > 0
            ? [safe`No skill with a malicious package starts. What earlier runs did: skillgate log`]
            : []),
          ...(found.length > malware
            ? [safe`Vulnerable packages run. Ask the authors of the skills to lock newer versions.`]
            : []),
        ],
        '\n',
      ),
  );
  return malware > 0 ? exitCodes.refused : exitCodes.ok;
}

const summaryCharsMax = 120;

function hasPackage(
  record: { readonly ecosystem: string; readonly packages: readonly NamedVersion[] },
  one: NamedVersion & { readonly ecosystem: string },
): boolean {
  return (
    record.ecosystem === one.ecosystem &&
    record.packages.some(({ name, version }) => name === one.name && version === one.version)
  );
}

interface NamedVersion {
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
  throw new Problem('usage', `--days takes a number of days from 1 to ${daysMax}`);
}

function inMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000)} MB`;
}
