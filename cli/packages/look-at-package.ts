/**
 * A look at one locked package: what the package is, what its code does, and which advisories name
 * the package. The package comes from the indexes of host policy, and nothing of it runs.
 */
import { join } from 'node:path';
import * as host from '../../runner/host/public.ts';
import * as fetches from '../../runner/package-fetch/public.ts';
import * as packages from '../../runner/package-store/public.ts';
import { ruleSetDigest } from '../../scanner/rule-set.ts';
import type { LookAtPackage, LookTools } from '../../scanner/worker/package-looks.ts';
import type { PackageScan } from '../../scanner/worker/scan-package.ts';
import {
  advisoryIdCharsMax,
  lockBytesMax,
  lookAdvisoriesMax,
  lookFactsBytesMax,
  lookFindingsMax,
  lookNameCharsMax,
  lookNoteCharsMax,
  lookScriptCharsMax,
  lookScriptsMax,
  lookTextCharsMax,
} from '../../skills-index/packages/limits.ts';
import { type LockedPackage, lockedDigest } from '../../skills-index/packages/locked-package.ts';
import {
  isAdvisoryId,
  type LeasedPackage,
  type PackageLook,
  plainText,
} from '../../skills-index/packages/package-look.ts';
import { parseLock } from '../../skills-index/packages/require-locked.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { packageFetchSecondsMax } from '../limits.ts';
import { packagePolicy } from './package-policy.ts';

type Facts = NonNullable<PackageLook['facts']>;

/** The looks of this host. Host policy is read for each look, so a change counts at once. */
export function packageLooks(
  context: Pick<CommandContext, 'fetch' | 'now' | 'paths'>,
): LookAtPackage {
  return async (leased, tools) => {
    const hostPolicy = host.readHostPolicy(join(context.paths.config, 'host.json'));
    const policy = packagePolicy(context, hostPolicy);
    // A host without advisories takes back nothing that another host's advisories say.
    const advisories =
      policy.folder === undefined
        ? {}
        : advisoriesOf(packages.advisedPackages(policy, [leased], 'all'));
    if (leased.lookedBefore) return { looked: 'advisories', ...advisories };
    const late = AbortSignal.timeout(packageFetchSecondsMax * 1_000);
    const signal = AbortSignal.any([tools.signal, late]);
    try {
      const one = await readEntry(leased, tools);
      const read = await fetches.readPackage(
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
      return { looked: 'not fetched', why: plainText(why, lookNoteCharsMax), ...advisories };
    }
  };
}

/** The entry of the lock that skill.json and the reviewers name by its digest. */
async function readEntry(
  { digest, ecosystem, lock, name, version }: LeasedPackage,
  { blob }: LookTools,
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

type Advisories = Pick<PackageLook, 'advisories' | 'moreAdvisories'>;

function advisoriesOf(found: ReturnType<typeof packages.advisedPackages>): Advisories {
  const sorted = [...found].sort((a, b) => Number(b.isMalware) - Number(a.isMalware));
  const listed = sorted.flatMap(({ id: said, isMalware, summary }) => {
    const id = advisoryIdOf(said, isMalware);
    return id === undefined
      ? []
      : [{ id, isMalware, summary: plainText(summary, lookTextCharsMax) }];
  });
  const advisories = listed.slice(0, lookAdvisoriesMax);
  const more = sorted.length - advisories.length;
  return { advisories, ...(more > 0 ? { moreAdvisories: more } : {}) };
}

// The registry refuses a look with an id of another form, and malware must not be lost with it.
function advisoryIdOf(id: string, isMalware: boolean): string | undefined {
  if (isAdvisoryId(id)) return id;
  const plain = id.replace(/[^A-Za-z0-9-]/g, '-').slice(0, advisoryIdCharsMax);
  return isMalware && isAdvisoryId(plain) ? plain : undefined;
}

function factsOf(read: Awaited<ReturnType<typeof fetches.readPackage>>, scan: PackageScan): Facts {
  const { attestation, licence, publisher, requiresPython, uploaded } = read;
  let facts: Facts = {
    file: plainText(read.file.name, lookNameCharsMax),
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
    if (Buffer.byteLength(JSON.stringify(together)) <= lookFactsBytesMax) facts = together;
  };
  for (const name of read.hooks.slice(0, lookScriptsMax))
    add({ scripts: [...(facts.scripts ?? []), plainText(name, lookScriptCharsMax)] });
  const line = (text = ''): string => plainText(text, lookTextCharsMax);
  if (line(licence) !== '') add({ licence: line(licence) });
  if (line(publisher) !== '') add({ publisher: line(publisher) });
  if (line(requiresPython) !== '') add({ requiresPython: line(requiresPython) });
  return facts;
}

function scanOf({ findings, verdict }: PackageScan): NonNullable<PackageLook['scan']> {
  return {
    ruleSet: ruleSetDigest(),
    verdict,
    findings: findings.slice(0, lookFindingsMax).map(({ line, message, path, rule, severity }) => ({
      rule,
      severity,
      path: plainText(path, lookTextCharsMax),
      line,
      message: plainText(message, lookTextCharsMax),
    })),
    more: Math.max(0, findings.length - lookFindingsMax),
  };
}
