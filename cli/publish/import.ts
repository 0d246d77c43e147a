/** `skillgate import`: publishes the skills of a folder or of a git repository. */

import { setTimeout } from 'node:timers/promises';
import { inferManifest } from '../../scanner/manifest/manifest.ts';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import { parseSkillMd } from '../../skills-index/skill/authoring/skill-md.ts';
import type { PackedBundle } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import { type Manifest, parseManifest } from '../../skills-index/skill/manifest.ts';
import { licenseCharsMax } from '../../skills-index/skill/manifest-schema.ts';
import {
  parseScope,
  parseSkillName,
  type Scope,
  type SkillName,
  scopeOf,
} from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ProblemCode } from '../../skills-index/skill/problem-codes.ts';
import { problemOf } from '../../skills-index/skill/thrown.ts';
import { parseVersion, type Version } from '../../skills-index/skill/version.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { ownName } from '../own-version.ts';
import { versionPagesMax } from '../registries/fetch-versions.ts';
import {
  scopeVersionsAnswer,
  type VersionAnswer,
  versionAnswer,
} from '../registries/registry-answers.ts';
import { askRegistry, type RegistryWorld, versionPath } from '../registries/registry-api.ts';
import { scanFiles } from '../scan/read-prose.ts';
import { requireWhole, type SkillFolder, whySkipped } from '../scan/source-folder.ts';
import { startWatchedScanner, type WatchedScanner } from '../scan/watched-scan.ts';
import type { KeyFile } from '../signing/key-file.ts';
import { signerFor } from '../signing/signer.ts';
import type { ExactVersion } from '../terminal/exact-version.ts';
import { listed, printNote, safe } from '../terminal/output.ts';
import { startProgress } from '../terminal/progress.ts';
import {
  type ImportRow,
  importAnswer,
  type SourceSkill,
  tryVersion,
  versionsOfCommit,
  withSource,
} from './import/import-source.ts';
import { withPluginFiles } from './import/plugin-files.ts';
import { requireShortName } from './init.ts';
import { importPredicate, sourceFilesOf } from './provenance.ts';
import { requireDeclared } from './require-declared.ts';
import { pollMillisMax, scanned } from './under-way.ts';
import { publishVersion } from './upload.ts';

/** Skills that `skillgate import` processes in parallel. */
const importsAtOnceMax = 4;

/** How long an import retries while a registry answers that it is busy or limits the rate. */
const busySecondsMax = 300;

export async function run(context: CommandContext): Promise<ExitCode> {
  const { scope: given, path } = context.options;
  if (typeof given !== 'string')
    throw new Problem('usage', 'Cannot import: no scope is named', {
      hint: 'add --scope NAME; claim the scope first: skillgate scope claim NAME',
    });
  const scope = parseScope(given);
  const rows = await importFrom(context, {
    address: context.args[0] ?? '',
    scope,
    path: typeof path === 'string' ? path : undefined,
    signer: await signerFor(context),
  });
  importAnswer(context, `@${scope}`, rows);
  return rows.some((row) => row.outcome === 'refused') ? exitCodes.refused : exitCodes.ok;
}

/** One import. */
interface ImportJob {
  /** A folder, or the address of a repository. */
  readonly address: string;
  readonly scope: Scope;
  /** The folder of the repository with the skills. */
  readonly path: string | undefined;
  readonly signer: KeyFile;
}

/** @throws Problem that concerns all skills */
async function importFrom(context: CommandContext, job: ImportJob): Promise<ImportRow[]> {
  return withSource(context, job, (skills) =>
    withImportWorld(context, job, (world) => importAtOnce(world, skills)),
  );
}

/** Starts a scanner, and reads what the scope has, for the skills of one source. */
async function withImportWorld<Result>(
  context: CommandContext,
  { scope, signer }: Pick<ImportJob, 'scope' | 'signer'>,
  use: (world: ImportWorld) => Promise<Result>,
): Promise<Result> {
  const scanner = startWatchedScanner();
  context.signal.addEventListener('abort', () => scanner.close(), { once: true });
  try {
    const known = await readScopeVersions(context, scope);
    return await use({ context, scope, signer, scanner, known, taken: new Map() });
  } finally {
    await scanner.close();
  }
}

/**
 * Imports a few skills in parallel, so that memory does not grow with their number.
 * @returns a row for each skill, in the order of the skills
 * @throws Problem that concerns all skills, once the skills under way are finished
 */
async function importAtOnce(
  world: ImportWorld,
  skills: readonly SourceSkill[],
): Promise<ImportRow[]> {
  const { context } = world;
  const progress = startProgress(context, skills.length, 'skills');
  const results: ImportRow[] = [];
  const waiting = [...skills.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      context.signal.throwIfAborted();
      const [index, skill] = next;
      results[index] = await importOne(world, skill);
      progress.step(skill.path);
    }
  };
  // A failure that stops one worker stops all: the others finish their skill and take no further
  // one.
  const stopping = async (): Promise<void> => {
    await work().finally(() => waiting.splice(0));
  };
  const ended = await Promise.allSettled(Array.from({ length: importsAtOnceMax }, stopping));
  progress.end();
  const failure = ended.find((worker) => worker.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return results;
}

// Imports one skill: reads it, scans it, publishes it, and waits for the verdict.

interface ImportWorld {
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
async function importOne(world: ImportWorld, skill: SourceSkill): Promise<ImportRow> {
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
  const folder = await readWithPlugin(context, skill);
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
  const { verdict, status } = await scanned(context, { name, version });
  row.verdict = verdict ?? null;
  row.status = status;
}

async function readWithPlugin(context: CommandContext, skill: SourceSkill): Promise<SkillFolder> {
  const alone = await skill.read();
  const place = await skill.plugin?.();
  if (place === undefined) return alone;
  const { folder, copied, lost } = await withPluginFiles(alone, place);
  if (copied.length > 0)
    printNote(context, safe`${skill.path}: with files of its plugin: ${listed(copied)}`);
  if (lost.length > 0)
    printNote(context, safe`${skill.path}: names what an import cannot bring: ${listed(lost)}`);
  return folder;
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

function askVersion(
  context: CommandContext,
  { name, version }: ExactVersion,
): Promise<VersionAnswer> {
  return askRegistry(context, `/api/v1/versions${versionPath(name, version)}`, versionAnswer);
}

// All versions that were published in a scope, by name.

interface ScopeVersion {
  readonly version: string;
  readonly status: string;
  readonly bundle: Digest;
}

/** The versions of each skill, oldest first. @throws Problem as `askRegistry` */
async function readScopeVersions(
  world: RegistryWorld,
  scope: Scope,
): Promise<Map<string, ScopeVersion[]>> {
  const byName = new Map<string, ScopeVersion[]>();
  let query = '';
  for (let pages = 0; pages < versionPagesMax; pages++) {
    const path = `/api/v1/scopes/@${scope}/versions${query}`;
    const { versions, next } = await askRegistry(world, path, scopeVersionsAnswer);
    for (const one of versions) {
      const known = byName.get(one.name);
      if (known === undefined) byName.set(one.name, [one]);
      else known.push(one);
    }
    if (next === null) return byName;
    query = `?after=${encodeURIComponent(next)}`;
  }
  throw new Problem(
    'registry-answer-invalid',
    `Cannot read the versions of @${scope}: the registry’s list has more than ${versionPagesMax} pages`,
  );
}

// The failures that every further skill of an import would meet as well.

const ending: readonly ProblemCode[] = [
  'interrupted',
  'registry-down',
  'registry-full',
  'key-unknown',
  'key-ended',
  'not-signed-in',
  'root-not-pinned',
  'scope-taken',
  'scope-unclaimed',
];

/** Whether no further skill of the same scope can be imported. */
function endsImport({ code }: Problem): boolean {
  return ending.includes(code);
}

// One skill of an import is named, scanned and published unchanged. A manifest that the tool made
// is marked inferred.

interface FoundSkill {
  readonly name: SkillName;
  /** Versions to publish as, best first. */
  readonly versions: readonly [Version, ...Version[]];
  readonly packed: PackedBundle;
  /** The skill's own skill.json, if it has one. */
  readonly manifest: Manifest | undefined;
  /** What SKILL.md says about the licence. */
  readonly license?: string;
}

/** The name and the versions to publish. @throws Problem with the reason when there is none */
export function findName(skill: SourceSkill, folder: SkillFolder, scope: Scope): FoundSkill {
  const { files } = requireWhole(folder, skill.path);
  const packed = packBundle(files);
  const skillMd = parseSkillMd(packed.contents.get('SKILL.md' as BundlePath) ?? new Uint8Array());
  const { license: given } = skillMd;
  const license =
    given === undefined || given === '' ? {} : { license: given.slice(0, licenseCharsMax) };
  const json = packed.contents.get('skill.json' as BundlePath);
  if (json === undefined) {
    const short = requireShortName([skillMd.name, skill.folderName]);
    const name = parseSkillName(`@${scope}/${short}`);
    const versions = versionsFor(skill, short, { own: tryVersion(skillMd.version), packed });
    return { name, versions, packed, manifest: undefined, ...license };
  }
  const manifest = parseManifest(json);
  if (scopeOf(manifest.name) !== scope)
    throw new Problem(
      'name-invalid',
      `Cannot import ${JSON.stringify(skill.path)}: its skill.json names ${manifest.name}, not @${scope}/…`,
    );
  return { name: manifest.name, versions: [manifest.version], packed, manifest, ...license };
}

/**
 * The manifest to sign: the author's, or one inferred from the scan.
 * @throws Problem `capability-undeclared` as `skillgate publish` does, unless `isAsIs`
 */
export function manifestFor(
  found: FoundSkill,
  version: Version,
  { report, isAsIs }: { readonly report: ScanReport; readonly isAsIs: boolean },
): { readonly manifest: Manifest; readonly inferred?: true } {
  const { name, packed, manifest, license } = found;
  const files = sourceFilesOf(packed);
  if (manifest === undefined) {
    const inferred = inferManifest(files, report, { name, version });
    return {
      manifest: license === undefined ? inferred : { ...inferred, license },
      inferred: true,
    };
  }
  if (!isAsIs) requireDeclared(files, manifest, report);
  return { manifest };
}

function versionsFor(
  { versions }: SourceSkill,
  short: string,
  { own, packed }: { readonly own: Version | undefined; readonly packed: PackedBundle },
): FoundSkill['versions'] {
  const [first, ...others] =
    versions === undefined
      ? own === undefined
        ? []
        : [own]
      : versionsOfCommit(short, own, versions);
  return [first ?? versionOfBytes(packed), ...others];
}

// Eight hex digits of the bundle, or more where they would form a number with a leading zero, which
// semver forbids.
function versionOfBytes({ digest }: PackedBundle): Version {
  const hex = hexOf(digest);
  for (let digits = 8; digits < hex.length; digits++) {
    const made = tryVersion(`0.0.0-${hex.slice(0, digits)}`);
    if (made !== undefined) return made;
  }
  return parseVersion('0.0.0-0');
}
