/**
 * A look at one locked package: what the package is, what its code does, and which advisories name
 * the package. The package comes from the indexes of host policy, and nothing of it runs.
 */
import { join } from 'node:path';
import { readHostPolicy } from '../../runner/host/host-policy.ts';
import { readPackage } from '../../runner/package-fetch/fetch-package.ts';
import { advisedPackages } from '../../runner/package-store/audit-packages.ts';
import { listSets } from '../../runner/package-store/store.ts';
import { ruleSetDigest } from '../../scanner/rule-set.ts';
import type {
  PackageReportTools,
  PackageScan,
  ReportOnPackage,
} from '../../scanner/worker/package-reports.ts';
import { type LockedPackage, lockedDigest } from '../../skills-index/packages/locked-package.ts';
import { lockBytesMax } from '../../skills-index/packages/locks/package-lock.ts';
import {
  advisoryIdCharsMax,
  isAdvisoryId,
  type LeasedPackage,
  type PackageReport,
  plainText,
  reportAdvisoriesMax,
  reportFactsBytesMax,
  reportFindingsMax,
  reportNameCharsMax,
  reportNoteCharsMax,
  reportScriptCharsMax,
  reportScriptsMax,
  reportTextCharsMax,
} from '../../skills-index/packages/package-report.ts';
import { parseLock } from '../../skills-index/packages/require-locked.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { printLine, safe } from '../terminal/output.ts';

/** Seconds in which a package has to arrive before a scanner gives up its look at the package. */
const packageFetchSecondsMax = 300;

type Facts = NonNullable<PackageReport['facts']>;

/** The looks of this host. Host policy is read for each look, so a change counts at once. */
export function packageReports(
  context: Pick<CommandContext, 'fetch' | 'now' | 'paths'>,
): ReportOnPackage {
  return async (leased, tools) => {
    const hostPolicy = readHostPolicy(join(context.paths.config, 'host.json'));
    const policy = packagePolicy(context, hostPolicy);
    // A host without advisories takes back nothing that another host's advisories say.
    const advisories =
      policy.folder === undefined ? {} : advisoriesOf(advisedPackages(policy, [leased], 'all'));
    if (leased.lookedBefore) return { looked: 'advisories', ...advisories };
    const late = AbortSignal.timeout(packageFetchSecondsMax * 1_000);
    const signal = AbortSignal.any([tools.signal, late]);
    try {
      const one = await readEntry(leased, tools);
      const read = await readPackage(
        { hostPolicy, network: { fetch: context.fetch, signal } },
        one,
      );
      const scan = await tools.scan(read.files, leased);
      return {
        looked: 'whole',
        facts: factsOf(read, scan),
        scan: scanOf(scan),
        ...advisories,
      };
    } catch (cause) {
      tools.signal.throwIfAborted();
      // The registry is asked again later.
      if (cause instanceof Problem && cause.code === 'registry-down') throw cause;
      const why = late.aborted
        ? `it did not arrive within ${packageFetchSecondsMax} seconds`
        : cause instanceof Error
          ? cause.message
          : String(cause);
      return { looked: 'not fetched', why: plainText(why, reportNoteCharsMax), ...advisories };
    }
  };
}

/** The entry of the lock that skill.json and the reviewers name by its digest. */
async function readEntry(
  { digest, ecosystem, lock, name, version }: LeasedPackage,
  { blob }: PackageReportTools,
): Promise<LockedPackage> {
  const locked = parseLock(ecosystem, await blob(lock, lockBytesMax), 'the lock');
  const found = locked.find((one) => lockedDigest(one) === digest);
  if (found === undefined || found.name !== name || found.version !== version)
    throw new Problem(
      'package-lock-differs',
      `The lock ${lock} has no entry ${digest} of ${name} ${version}`,
    );
  return found;
}

type Advisories = Pick<PackageReport, 'advisories' | 'moreAdvisories'>;

function advisoriesOf(found: ReturnType<typeof advisedPackages>): Advisories {
  const sorted = [...found].sort((a, b) => Number(b.isMalware) - Number(a.isMalware));
  const listed = sorted.flatMap(({ id: said, isMalware, summary }) => {
    const id = advisoryIdOf(said, isMalware);
    return id === undefined
      ? []
      : [{ id, isMalware, summary: plainText(summary, reportTextCharsMax) }];
  });
  const advisories = listed.slice(0, reportAdvisoriesMax);
  const more = sorted.length - advisories.length;
  return { advisories, ...(more > 0 ? { moreAdvisories: more } : {}) };
}

// The registry refuses a look with an id of another form, and malware must not be lost with it.
function advisoryIdOf(id: string, isMalware: boolean): string | undefined {
  if (isAdvisoryId(id)) return id;
  const plain = id.replace(/[^A-Za-z0-9-]/g, '-').slice(0, advisoryIdCharsMax);
  return isMalware && isAdvisoryId(plain) ? plain : undefined;
}

function factsOf(read: Awaited<ReturnType<typeof readPackage>>, scan: PackageScan): Facts {
  const { attestation, licence, publisher, requiresPython, uploaded } = read;
  let facts: Facts = {
    file: plainText(read.file.name, reportNameCharsMax),
    sha256: read.sha256,
    bytes: read.bytes,
    files: read.files.length,
    isNative: read.isNative,
    read: scan.read,
    ...(uploaded === undefined ? {} : { uploaded }),
    ...(attestation === undefined ? {} : { attestation }),
  };
  // The author of the package chose the texts: a text that does not fit is left out. Otherwise the
  // registry would refuse the look, and nobody would see what the scan says.
  const add = (more: Partial<Facts>): void => {
    const together = { ...facts, ...more };
    if (Buffer.byteLength(JSON.stringify(together)) <= reportFactsBytesMax) facts = together;
  };
  for (const name of read.hooks.slice(0, reportScriptsMax))
    add({ scripts: [...(facts.scripts ?? []), plainText(name, reportScriptCharsMax)] });
  const line = (text = ''): string => plainText(text, reportTextCharsMax);
  if (line(licence) !== '') add({ licence: line(licence) });
  if (line(publisher) !== '') add({ publisher: line(publisher) });
  if (line(requiresPython) !== '') add({ requiresPython: line(requiresPython) });
  return facts;
}

function scanOf({ findings, verdict }: PackageScan): NonNullable<PackageReport['scan']> {
  return {
    ruleSet: ruleSetDigest(),
    verdict,
    findings: findings
      .slice(0, reportFindingsMax)
      .map(({ line, message, path, rule, severity }) => ({
        rule,
        severity,
        path: plainText(path, reportTextCharsMax),
        line,
        message: plainText(message, reportTextCharsMax),
      })),
    more: Math.max(0, findings.length - reportFindingsMax),
  };
}

// The operator's rules about packages, with progress while a new archive of advisories is read.

type World = Pick<CommandContext, 'now' | 'paths'> & Partial<Pick<CommandContext, 'stderr'>>;

/** Milliseconds before the first line, and between two lines. */
const quietMillis = 2_000;
const pauseMillis = 5_000;
/** Advisories between two looks at the clock. */
const lookEvery = 500;

export function packagePolicy(
  { now, paths, stderr }: World,
  { advisories: folder, packages: rules }: Pick<HostPolicy, 'advisories' | 'packages'>,
) {
  let next = now().getTime() + quietMillis;
  let known = '';
  const onRead = (path: string, read: number, total: number): void => {
    if (stderr === undefined || read % lookEvery !== 0 || now().getTime() < next) return;
    next = now().getTime() + pauseMillis;
    if (known !== path)
      printLine(
        stderr,
        safe`note: reading all ${total} advisories of ${path}, because it is new or has changed …`,
      );
    else printLine(stderr, safe`note: read ${Math.floor((read / total) * 100)} % of ${path}`);
    known = path;
  };
  return { folder, cache: paths.cache, rules, onRead };
}

/**
 * The ids of the advisories that name packages of this host's sets.
 * @throws Problem `host-policy-invalid` when an advisory cannot be read
 */
export function idsOfStoredPackages(
  world: World,
  policy: Pick<HostPolicy, 'advisories' | 'packages'>,
): ReadonlySet<string> {
  const stored = listSets(world.paths.data).sets.flatMap(({ record }) =>
    record.packages.map(({ name, version }) => ({ ecosystem: record.ecosystem, name, version })),
  );
  return new Set(advisedPackages(packagePolicy(world, policy), stored, 'all').map(({ id }) => id));
}
