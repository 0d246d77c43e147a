/** Imports one skill: reads it, scans it, publishes it, and waits for the verdict. */
import { setTimeout } from 'node:timers/promises';
import type { Digest } from '../../../skills-index/skill/digest.ts';
import type { Scope, SkillName } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { problemOf } from '../../../skills-index/skill/thrown.ts';
import type { Version } from '../../../skills-index/skill/version.ts';
import type { CommandContext } from '../../command.ts';
import { busySecondsMax, pollMillisMax, pollMillisMin, scanWaitSecondsMax } from '../../limits.ts';
import { ownName } from '../../own-version.ts';
import { type VersionAnswer, versionAnswer } from '../../registries/registry-answers.ts';
import { askRegistry, versionPath } from '../../registries/registry-api.ts';
import { scanFiles } from '../../scan/scan-skill.ts';
import { whySkipped } from '../../scan/source-folder.ts';
import type { WatchedScanner } from '../../scan/watched-scan.ts';
import type { KeyFile } from '../../signing/key-file.ts';
import type { ExactVersion } from '../../terminal/exact-version.ts';
import { printNote, safe } from '../../terminal/output.ts';
import { importPredicate } from '../provenance.ts';
import { isUnderWay } from '../under-way.ts';
import { publishVersion } from '../upload.ts';
import { endsImport } from './ending-problems.ts';
import { type FoundSkill, findName, manifestFor } from './import-skill.ts';
import type { SourceSkill } from './import-source.ts';
import type { ImportRow } from './import-table.ts';
import type { ScopeVersion } from './scope-versions.ts';

export interface ImportWorld {
  readonly context: CommandContext;
  readonly scope: Scope;
  readonly signer: KeyFile;
  readonly scanner: WatchedScanner;
  /** What was published in the scope before, by name. */
  readonly known: ReadonlyMap<string, readonly ScopeVersion[]>;
  /** Bundles that this import published, by name. */
  readonly taken: Map<SkillName, Digest>;
}

/**
 * A failed skill is a row of the table. Only failures that concern all skills end the import, such
 * as a missing registry or right to the scope.
 */
export async function importOne(world: ImportWorld, skill: SourceSkill): Promise<ImportRow> {
  const { context } = world;
  const started = performance.now();
  const row: Mutable<Omit<ImportRow, 'seconds'>> = {
    path: skill.path,
    outcome: 'refused',
    inferred: false,
    verdict: null,
    status: null,
    localVerdict: 'none',
  };
  try {
    await importInto(row, world, skill);
  } catch (thrown) {
    const problem = problemOf(thrown, context.signal.aborted);
    if (endsImport(problem)) throw problem;
    row.outcome = 'refused';
    row.code = problem.code;
    row.reason = problem.reasons[0]?.message ?? problem.message;
  }
  return { ...row, seconds: (performance.now() - started) / 1000 };
}

type Mutable<Row> = { -readonly [Member in keyof Row]: Row[Member] };

async function importInto(
  row: Mutable<Omit<ImportRow, 'seconds'>>,
  world: ImportWorld,
  skill: SourceSkill,
): Promise<void> {
  const { context, scanner, scope, known, taken } = world;
  const folder = await skill.read();
  const { report } = await scanFiles(scanner, folder, skill.path);
  for (const path of folder.skipped)
    printNote(context, safe`${skill.path}: left out of the bundle: ${path} (${whySkipped(path)})`);
  row.localVerdict = report.verdict;
  const found = findName(skill, folder, scope);
  const { name, packed } = found;
  const listed = known.get(name) ?? [];
  const same = publishedBefore(found, listed);
  const version = (same?.version as Version | undefined) ?? freeVersion(found, listed);
  Object.assign(row, { name, version, bundle: packed.digest });
  const before = taken.get(name);
  if (before !== undefined && before !== packed.digest)
    throw new Problem(
      'name-taken',
      `another folder with other bytes already uses the name ${name}`,
    );
  taken.set(name, packed.digest);
  const made = manifestFor(found, version, { report, isAsIs: context.options['as-is'] === true });
  row.outcome = same === undefined ? await publishOrFind(world, skill, found, made) : 'there';
  row.inferred = made.inferred === true;
  const { verdict, status } = await waitForVerdict(context, { name, version });
  row.verdict = verdict ?? null;
  row.status = status;
}

/**
 * The version that has these bytes already. A tag makes a release of bytes that have been imported
 * between two releases only.
 */
function publishedBefore(
  { versions: [first, ...others], packed }: FoundSkill,
  listed: readonly ScopeVersion[],
): ScopeVersion | undefined {
  const isRelease = others.length === 0 && !isPrerelease(first);
  return listed.findLast(
    ({ version, bundle }) => bundle === packed.digest && !(isRelease && isPrerelease(version)),
  );
}

function isPrerelease(version: string): boolean {
  return version.replace(/\+.*/, '').includes('-');
}

/** @throws Problem `name-taken` when each version was published with other bytes */
function freeVersion({ name, versions }: FoundSkill, listed: readonly ScopeVersion[]): Version {
  const free = versions.find((version) => !listed.some((one) => one.version === version));
  if (free !== undefined) return free;
  throw new Problem(
    'name-taken',
    `${name}@${versions[0]} is already published with other bytes: its author has to name a higher version`,
  );
}

/** `there` when the same bytes were already published under this name and version. */
async function publishOrFind(
  { context, signer }: ImportWorld,
  skill: SourceSkill,
  { packed, license }: FoundSkill,
  made: ReturnType<typeof manifestFor>,
): Promise<'taken' | 'there'> {
  const origin = await skill.origin?.(license);
  const provenance = origin === undefined ? {} : { provenance: importPredicate(origin, ownName()) };
  const { name, version } = made.manifest;
  try {
    await patiently(context, () =>
      publishVersion(context, signer, { packed, ...made, ...provenance }),
    );
    return 'taken';
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'version-exists') throw cause;
    const known = await askVersion(context, { name, version });
    if (known.bundle === packed.digest) return 'there';
    throw new Problem('name-taken', `${name}@${version} is already published with other bytes`);
  }
}

async function patiently<Result>(
  context: CommandContext,
  task: () => Promise<Result>,
): Promise<Result> {
  for (const until = performance.now() + busySecondsMax * 1000; ; ) {
    try {
      return await task();
    } catch (cause) {
      if (!(cause instanceof Problem) || !isPassing(cause) || performance.now() > until)
        throw cause;
      await setTimeout(pollMillisMax, undefined, { signal: context.signal });
    }
  }
}

// A registry limits uploads of clients that are not members. It answers so, and accepts the next
// upload a moment later.
function isPassing({ code }: Problem): boolean {
  return code === 'registry-busy' || code === 'too-many-requests';
}

async function waitForVerdict(
  context: CommandContext,
  which: ExactVersion,
): Promise<VersionAnswer> {
  const until = performance.now() + scanWaitSecondsMax * 1000;
  for (let pause = pollMillisMin; ; pause = Math.min(pause * 1.5, pollMillisMax)) {
    const known = await askVersion(context, which);
    if (!isUnderWay(known) || performance.now() > until) return known;
    await setTimeout(pause, undefined, { signal: context.signal });
  }
}

function askVersion(
  context: CommandContext,
  { name, version }: ExactVersion,
): Promise<VersionAnswer> {
  return askRegistry(context, `/api/v1/versions${versionPath(name, version)}`, versionAnswer);
}
