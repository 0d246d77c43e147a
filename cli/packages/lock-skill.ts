/** Locks the packages of a skill: the lock files, and `locked` in skill.json. */
import { join } from 'node:path';
import * as host from '../../runner/host/public.ts';
import * as packages from '../../runner/package-store/public.ts';
import type { LockedPackage } from '../../skills-index/packages/locked-package.ts';
import { pinsIn } from '../../skills-index/packages/locks/other-locks.ts';
import { publicIndexes } from '../../skills-index/packages/public-indexes.ts';
import {
  lockedEntries,
  lockFileNames,
  parseLock,
} from '../../skills-index/packages/require-locked.ts';
import { unmetRequirements } from '../../skills-index/packages/unmet-requirements.ts';
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
import { packagesLeftOutMax } from '../limits.ts';
import { whileLocked } from '../locked-file.ts';
import { readWholeSkill } from '../scan/source-folder.ts';
import { count, printNote, safe } from '../terminal/output.ts';
import { writeWhole } from '../whole-file.ts';
import { differences } from './differences.ts';
import { packagePolicy } from './package-policy.ts';
import { resolveNpm } from './resolve-npm.ts';
import { resolvePython } from './resolve-python.ts';
import type { Resolved, ResolveRequest } from './resolved.ts';

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

export interface LockOptions {
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
  const policy = host.readHostPolicy(join(context.paths.config, 'host.json'));
  packages.requireAllowedPackages(
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
  const policy = host.readHostPolicy(join(context.paths.config, 'host.json')).indexes[ecosystem];
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
