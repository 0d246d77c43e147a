/** Locks the packages of a skill: the lock files, and `locked` in skill.json. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { readHostPolicy } from '../../runner/host/host-policy.ts';
import { requireAllowedPackages } from '../../runner/package-store/audit-packages.ts';
import type { LockedPackage } from '../../skills-index/packages/locked-package.ts';
import { parsePackageLock, pinsIn } from '../../skills-index/packages/locks/package-lock.ts';
import { publicIndexes } from '../../skills-index/packages/public-indexes.ts';
import {
  lockedEntries,
  lockFileNames,
  parseLock,
  unmetRequirements,
} from '../../skills-index/packages/require-locked.ts';
import { minimumAgeOf } from '../../skills-index/run/plan/index-policy.ts';
import { printManifest } from '../../skills-index/skill/authoring/print-manifest.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { type Ecosystem, ecosystems, houseWord } from '../../skills-index/skill/ecosystem.ts';
import { type Manifest, parseManifest } from '../../skills-index/skill/manifest.ts';
import { isUnlocked, requiredName } from '../../skills-index/skill/manifest-packages.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { whileLocked } from '../locked-file.ts';
import { readWholeSkill } from '../scan/source-folder.ts';
import { count, printNote, safe } from '../terminal/output.ts';
import { writeWhole } from '../whole-file.ts';
import {
  nodeWithoutPrograms,
  type Resolved,
  type ResolveRequest,
  requireNoProgram,
  runTool,
  type ToolEnd,
  toolMessageCharsMax,
  withFolder,
} from './no-programs.ts';
import { packagePolicy } from './report-on-package.ts';
import { resolvePython } from './resolve-python.ts';

/** Imports without a fitting package that one lock leaves out. */
const packagesLeftOutMax = 10;

export interface SkillLock {
  readonly ecosystem: Ecosystem;
  readonly path: BundlePath;
  readonly packages: readonly LockedPackage[];
  /** The text to write; undefined for a lock that the skill has already. */
  readonly text?: string;
  /** What skill.json pinned before; undefined for a skill without a lock. */
  readonly before?: Readonly<Record<string, string>>;
  readonly tool: string;
  readonly index?: string;
  readonly notes: readonly string[];
}

export interface SkillLocks {
  readonly manifest: Manifest;
  readonly locks: readonly SkillLock[];
  /** Requirements for which no versions were found, and which only imports asked for. */
  readonly left: readonly string[];
}

interface LockOptions {
  /** Days that a version must be old; by default what host policy says for the index. */
  readonly minimumAgeDays?: number;
  readonly isForThisHost?: boolean;
  /** Names that only imports asked for: the lock may leave them out. */
  readonly guesses?: ReadonlySet<string>;
}

/**
 * Chooses versions for what `packages` requires. A lock that the author put into the skill is taken
 * as it is. An ecosystem whose versions the host chooses gets no lock.
 * @throws Problem `package-unresolved`, `package-tool-missing`, `package-lock-invalid`,
 * `package-unsafe`, `package-malicious`
 */
export async function lockSkill(
  context: CommandContext,
  files: readonly SourceFile[],
  manifest: Manifest,
  options: LockOptions = {},
): Promise<SkillLocks> {
  let groups = manifest.packages ?? {};
  const locks: SkillLock[] = [];
  const left: string[] = [];
  for (const ecosystem of ecosystems) {
    const group = groups[ecosystem];
    if (group === undefined || group.lock === houseWord) continue;
    const own =
      group.locked === undefined
        ? ownLock(ecosystem, files, group.requires, group.lock)
        : undefined;
    const { requires, lock } =
      own === undefined
        ? await resolveWithout(
            context,
            { ecosystem, all: group.requires, pins: pinsIn(ecosystem === 'python' ? files : []) },
            options,
            left,
          )
        : { requires: group.requires, lock: own };
    const path = group.lock ?? lock.path;
    locks.push({ ...lock, path, ...(group.locked && { before: group.locked }) });
    groups = {
      ...groups,
      [ecosystem]: { ...group, requires, lock: path, locked: lockedEntries(lock.packages) },
    };
  }
  const policy = readHostPolicy(join(context.paths.config, 'host.json'));
  requireAllowedPackages(
    packagePolicy(context, policy),
    locks.flatMap((lock) => lock.packages),
    'lock',
  );
  // The parser derives the capabilities of the locked packages.
  const { package: _, ...capabilities } = manifest.capabilities;
  const text = printManifest({ ...manifest, packages: groups, capabilities });
  return { manifest: parseManifest(Buffer.from(text)), locks, left };
}

/**
 * Runs `act` while no other command of this user changes the skill.json of a folder. The file that
 * says who holds the lock lies elsewhere: every file in the folder is the skill's.
 */
export function whileSkillJsonLocked<Result>(
  { paths }: Pick<CommandContext, 'paths'>,
  folder: string,
  act: () => Promise<Result>,
): Promise<Result> {
  const claim = join(paths.data, 'claims', hexOf(digestOf(folder)));
  return whileLocked(join(folder, 'skill.json'), act, claim);
}

/** Writes the new lock files, and then skill.json. */
export async function writeLock(folder: string, { manifest, locks }: SkillLocks): Promise<void> {
  for (const { path, text } of locks)
    if (text !== undefined) await writeWhole(join(folder, path), text);
  await writeWhole(join(folder, 'skill.json'), printManifest(manifest));
}

/** Says what was locked, from where, and what the author should know. */
export function printLocks(context: CommandContext, { locks, left }: SkillLocks): void {
  for (const { before, ecosystem, index, notes, packages, path, tool } of locks) {
    const from = index === undefined ? '' : ` from ${index}`;
    printNote(
      context,
      safe`locked ${count(packages.length, 'package')} of ${ecosystem} in ${path} (${tool}${from})`,
    );
    const after = lockedEntries(packages);
    for (const line of before === undefined ? [] : differences({ before, after }))
      printNote(context, safe`${line}`);
    for (const note of notes) printNote(context, safe`note: ${note}`);
  }
  for (const one of left)
    printNote(
      context,
      safe`left out: ${one}: the index has no wheel that fits, and only an import asks for it`,
    );
}

/**
 * The files of a skill whose packages are locked. Locks them first when skill.json requires
 * packages and has no lock.
 */
export async function lockedFiles(
  context: CommandContext,
  folder: string,
  files: readonly SourceFile[],
): Promise<readonly SourceFile[]> {
  const json = files.find(({ path }) => path === 'skill.json')?.bytes;
  const manifest = json === undefined ? undefined : parseManifest(json);
  const groups = ecosystems.flatMap((ecosystem) => manifest?.packages?.[ecosystem] ?? []);
  if (manifest === undefined || !groups.some(isUnlocked)) return files;
  printNote(
    context,
    safe`skill.json requires packages and has no lock, so versions are chosen now …`,
  );
  const locked = await whileSkillJsonLocked(context, folder, async () => {
    const made = await lockSkill(context, files, manifest);
    await writeLock(folder, made);
    return made;
  });
  printLocks(context, locked);
  return (await readWholeSkill(folder, 'try')).files;
}

function ownLock(
  ecosystem: Ecosystem,
  files: readonly SourceFile[],
  requires: readonly string[],
  path: BundlePath = lockFileNames[ecosystem],
): SkillLock | undefined {
  const file = files.find((one) => one.path === path);
  if (file === undefined) return undefined;
  const packages = parseLock(ecosystem, file.bytes, path);
  return unmetRequirements(ecosystem, requires, packages).length === 0
    ? { ecosystem, path, packages, tool: 'the lock that the skill has', notes: [] }
    : undefined;
}

/**
 * Chooses versions for requirements of one ecosystem. An import of a package without wheels must
 * not keep the whole skill from being locked.
 * @param left gets the requirements that were left out
 */
export async function resolveWithout(
  context: CommandContext,
  {
    all,
    ecosystem,
    pins,
  }: {
    readonly ecosystem: Ecosystem;
    readonly all: readonly string[];
    readonly pins: ResolveRequest['pins'];
  },
  options: LockOptions,
  left: string[],
): Promise<{ readonly requires: readonly string[]; readonly lock: SkillLock }> {
  const policy = readHostPolicy(join(context.paths.config, 'host.json')).indexes[ecosystem];
  const request = {
    pins,
    isForThisHost: options.isForThisHost === true,
    index: policy?.url ?? publicIndexes[ecosystem].url,
    minimumAgeDays: options.minimumAgeDays ?? (policy === undefined ? 0 : minimumAgeOf(policy)),
    isAgeOfPolicy: options.minimumAgeDays === undefined,
  };
  let requires = all;
  for (let tries = 0; ; tries++) {
    try {
      const resolved = await resolve(context, ecosystem, { ...request, requires });
      const path = lockFileNames[ecosystem];
      return { requires, lock: { ecosystem, path, index: request.index, ...resolved } };
    } catch (cause) {
      const guess = guessIn(cause, ecosystem, requires, options.guesses);
      if (guess === undefined || tries >= packagesLeftOutMax) throw cause;
      left.push(guess);
      requires = requires.filter((one) => one !== guess);
    }
  }
}

function resolve(
  context: CommandContext,
  ecosystem: Ecosystem,
  request: ResolveRequest,
): Promise<Resolved> {
  return ecosystem === 'python' ? resolvePython(context, request) : resolveNpm(context, request);
}

// The guess that the tool's message names first.
function guessIn(
  cause: unknown,
  ecosystem: Ecosystem,
  requires: readonly string[],
  guesses: ReadonlySet<string> = new Set(),
): string | undefined {
  if (!(cause instanceof Problem) || cause.code !== 'package-unresolved') return undefined;
  const message = cause.message.toLowerCase();
  const named = requires
    .filter((one) => guesses.has(`${ecosystem} ${requiredName(ecosystem, one)}`))
    .map((one) => ({ one, at: message.search(new RegExp(`\\b${one.replace(/[^\w-]/g, '.')}\\b`)) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  return named[0]?.one;
}

/** What the entries of a lock were, and what they are now: `2.2.3 sha256:…` by key. */
export interface Entries {
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

/** `+ numpy 2.2.1`, `- six 1.16.0`, `numpy 2.1.0 → 2.2.1`. */
export function differences({ after, before }: Entries): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].sort().flatMap((key) => {
    const was = Object.hasOwn(before, key) ? before[key] : undefined;
    const is = Object.hasOwn(after, key) ? after[key] : undefined;
    if (was === is) return [];
    if (was === undefined) return [`+ ${key} ${versionOf(is)}`];
    if (is === undefined) return [`- ${key} ${versionOf(was)}`];
    return versionOf(was) === versionOf(is)
      ? [`  ${key} ${versionOf(is)}, other files`]
      : [`  ${key} ${versionOf(was)} → ${versionOf(is)}`];
  });
}

function versionOf(entry = ''): string {
  return entry.split(' ')[0] ?? '';
}

// Resolves npm packages with npm, in a folder of our own: no script and no .npmrc of the skill.

/** The module that Node loads before npm. */
const guard = 'no-programs.cjs';

/**
 * @throws Problem `package-unresolved`, `package-tool-missing`, `package-lock-invalid`,
 * `package-unsafe`
 */
export async function resolveNpm(
  world: Pick<CommandContext, 'env' | 'now' | 'signal'>,
  { index, minimumAgeDays, requires }: ResolveRequest,
): Promise<Resolved> {
  if (index.startsWith('file:'))
    throw new Problem(
      'package-unresolved',
      `Cannot lock: npm cannot resolve from the folder ${index}`,
      {
        hint: 'Lock on a machine with a registry, or put package-lock.json into the skill.',
      },
    );
  const dependencies = Object.fromEntries(
    requires.map((one) => {
      const at = one.indexOf('@', 1);
      return at < 0 ? [one, '*'] : [one.slice(0, at), one.slice(at + 1)];
    }),
  );
  const root = { name: 'skill', private: true, dependencies };
  const input = { 'package.json': JSON.stringify(root), [guard]: nodeWithoutPrograms };
  return withFolder(input, async (folder) => {
    const newest = new Date(world.now().getTime() - minimumAgeDays * 86_400_000).toISOString();
    const guarded = {
      ...world,
      env: {
        ...world.env,
        NODE_OPTIONS: `${world.env.NODE_OPTIONS ?? ''} --require=${JSON.stringify(join(folder, guard))}`,
      },
    };
    const end = await runTool(guarded, folder, 'npm', [
      'install',
      '--package-lock-only',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--lockfile-version=3',
      '--install-links=false',
      // A package.json above the folder may claim the folder as its workspace: npm then takes the
      // settings beside that package.json, and anybody may write to the folder of temporary files.
      '--workspaces=false',
      // The settings of the user and of the machine may name another registry for a scope.
      `--userconfig=${join(folder, 'user.npmrc')}`,
      `--globalconfig=${join(folder, 'global.npmrc')}`,
      // Newer versions of npm refuse dependencies by address, and name them.
      ...['directory', 'file', 'git', 'remote'].map((kind) => `--allow-${kind}=none`),
      '--loglevel=error',
      // A newer version of npm is no reason against a lock.
      '--no-update-notifier',
      ...(minimumAgeDays > 0 ? [`--before=${newest}`] : []),
      `--registry=${index}`,
    ]);
    if (end.exit === undefined)
      throw new Problem('package-tool-missing', 'Cannot lock: npm is not installed', {
        hint: 'Install Node with npm: https://nodejs.org/',
      });
    requireNoProgram('npm', end);
    if (end.exit !== 0) throw unresolved(index, end);
    const text = await readFile(join(folder, 'package-lock.json'), 'utf8');
    const packages = parsePackageLock(Buffer.from(text), 'the lock of npm');
    const scripts = packages.filter(({ hasInstallScript }) => hasInstallScript === true);
    return {
      packages,
      text,
      tool: 'npm',
      notes: [
        ...scripts.map(
          ({ name, version }) =>
            `${name} ${version} wants to run a script at its installation. No such script runs, so try whether the skill works.`,
        ),
        ...deprecationsIn(text),
      ],
    };
  });
}

// Most names that an index does not have are misspelled.
function unresolved(index: string, { stderr }: ToolEnd): Problem {
  const absent =
    /'(@?[^'@]{1,214})@[^']{0,200}' (?:could not be found|is not in this registry)/.exec(stderr);
  if (absent !== null)
    return new Problem('package-unresolved', `Cannot lock: ${index} has no package ${absent[1]}`, {
      hint: 'Check the name of the package.',
    });
  const said = stderr
    .replace(/^npm (?:error|ERR!) ?/gm, '')
    .replace(/\s+/g, ' ')
    .slice(0, toolMessageCharsMax);
  return new Problem('package-unresolved', `Cannot lock: npm finds no versions that fit: ${said}`);
}

const deprecations = v.looseObject({
  packages: v.record(
    v.string(),
    v.looseObject({ version: v.optional(v.string(), ''), deprecated: v.optional(v.string()) }),
  ),
});

// npm knows no withdrawn versions. Its maintainers deprecate a version, which honest packages need.
function deprecationsIn(lock: string): string[] {
  return Object.entries(v.parse(deprecations, JSON.parse(lock)).packages).flatMap(
    ([place, { deprecated, version }]) =>
      deprecated === undefined
        ? []
        : [
            `${place.replace(/^.*node_modules\//, '')} ${version} is deprecated: ${deprecated.slice(0, toolMessageCharsMax)}`,
          ],
  );
}
