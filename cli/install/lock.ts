/**
 * The project's two files: `skillgate.json` (wanted skills and options) and `skillgate.lock` (exact
 * verified versions). Sorted and stable.
 */
import { lstatSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { isNamePart, type Scope, type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import {
  digest,
  logIndex,
  type Shape,
  skillName,
  version,
} from '../../skills-index/statement/field-shapes.ts';
import { whileLocked } from '../locked-file.ts';
import { writeLocked } from '../whole-file.ts';

export const lockFileName = 'skillgate.lock';
export const projectFileName = 'skillgate.json';

/** The wanted form of one skill in a project. */
export interface WantedSkill {
  /** Semver range. */
  readonly range: string;
  /** Folder below `.agents/skills`; the skill's short name by default. */
  readonly as?: string | undefined;
  /** Agents whose own folders have links to the skill, by their names in `agentFolders`. */
  readonly agents?: readonly string[] | undefined;
  /** Copies instead of links. */
  readonly copy?: boolean | undefined;
  /** The original files, without shims and sandbox. */
  readonly plain?: boolean | undefined;
}

export interface ProjectFile {
  readonly skills: ReadonlyMap<SkillName, WantedSkill>;
  /** `@scope` → base URL of the only registry for this scope. */
  readonly registries: Readonly<Record<string, string>>;
}

/** One verified skill. */
export interface LockedSkill {
  /** Origin of the registry, as its root file names it. */
  readonly registry: string;
  /**
   * Fingerprint of the registry's first root file. Two registries may have the same origin, such as
   * `localhost`. Earlier locks lack this field.
   */
  readonly root?: Digest | undefined;
  readonly version: Version;
  readonly bundle: Digest;
  /** Key of the publisher. */
  readonly publisher: string;
  /**
   * Log index of the first claim of its scope; equal for all skills of the scope from one registry.
   */
  readonly scopeClaim: number;
  /** Digest of the approved capabilities. */
  readonly capabilities: Digest;
  readonly logIndex: number;
  /** The skills that the version requires, with ranges; absent when there is none. */
  readonly requires?: Readonly<Record<SkillName, string>> | undefined;
}

export type Lock = ReadonlyMap<SkillName, LockedSkill>;

const lockSchema = exactObject({
  schema: v.literal('skillgate.lock/1'),
  skills: v.record(
    skillName,
    exactObject({
      registry: v.string(),
      root: v.exactOptional(digest),
      version,
      bundle: digest,
      publisher: v.string(),
      scopeClaim: logIndex,
      capabilities: digest,
      logIndex,
      requires: v.exactOptional(v.record(skillName, v.string())),
    }),
  ),
});

const folderName = v.pipe(
  v.string(),
  v.check(isNamePart, 'is not a folder name of lower-case letters, digits and hyphens'),
);
const wanted = exactObject({
  range: v.string(),
  as: v.exactOptional(folderName),
  agents: v.exactOptional(v.array(v.string())),
  copy: v.exactOptional(v.boolean()),
  plain: v.exactOptional(v.boolean()),
});
const projectSchema = exactObject({
  schema: v.optional(v.literal('skillgate.project/1'), 'skillgate.project/1'),
  skills: v.optional(
    v.record(
      skillName,
      v.union([
        v.pipe(
          v.string(),
          v.transform((range): WantedSkill => ({ range })),
        ),
        wanted,
      ]),
    ),
    {},
  ),
  registries: v.optional(v.record(v.string(), v.string()), {}),
});

/**
 * The lock of a project folder; empty when there is none.
 * @throws Problem `lock-invalid`
 */
export async function readLock(path: string): Promise<Lock> {
  const parsed = readChecked(path, lockSchema);
  return new Map(Object.entries(parsed?.skills ?? {}) as [SkillName, LockedSkill][]);
}

/**
 * The project's wanted skills; none without `skillgate.json`.
 * @throws Problem `lock-invalid`
 */
export async function readProject(path: string): Promise<ProjectFile> {
  const parsed = readChecked(path, projectSchema);
  return {
    skills: new Map(Object.entries(parsed?.skills ?? {}) as [SkillName, WantedSkill][]),
    registries: parsed?.registries ?? {},
  };
}

/** The claim of the scope's first skill from this registry, if one of the locks has it. */
export function scopeClaimIn(
  locks: readonly Lock[],
  scope: Scope,
  { origin, id }: { readonly origin: string; readonly id: Digest },
): number | undefined {
  const known = locks
    .flatMap((lock) => [...lock])
    .filter(
      ([name, entry]) =>
        scopeOf(name) === scope && entry.registry === origin && (entry.root ?? id) === id,
    )
    .map(([, entry]) => entry.scopeClaim);
  return known.length === 0 ? undefined : Math.min(...known);
}

/**
 * Changes a lock, which others may change at the same time. Nothing is written when `change`
 * returns the same lock.
 * @throws Problem `lock-invalid`, `plan-refused`
 */
export async function changeLock(path: string, change: (lock: Lock) => Lock): Promise<void> {
  await whileLocked(path, async () => {
    const before = await readLock(path);
    const after = change(before);
    if (after !== before) await writeLock(path, after);
  });
}

/** Writes a lock in one step; equal locks have equal bytes. */
export async function writeLock(path: string, lock: Lock): Promise<void> {
  await writeLocked(path, printLock(lock));
}

/** The bytes of a lock: keys sorted, two spaces, newline at the end. */
export function printLock(lock: Lock): string {
  return print({ schema: 'skillgate.lock/1', skills: Object.fromEntries(lock) });
}

/** Writes the wanted skills; a skill without options is a plain string. */
export async function writeProject(path: string, project: ProjectFile): Promise<void> {
  const skills = [...project.skills].map(([name, wanted]) => {
    const options = Object.fromEntries(
      Object.entries(wanted).filter(([, value]) => value !== undefined && value !== false),
    );
    return [name, Object.keys(options).length === 1 ? wanted.range : options] as const;
  });
  const registries = Object.keys(project.registries).length === 0 ? undefined : project.registries;
  await writeLocked(
    path,
    print({ schema: 'skillgate.project/1', registries, skills: Object.fromEntries(skills) }),
  );
}

/**
 * The nearest folder at or above `start` with a lock or a project file. A file above `start` of
 * another user counts only when `start` is that user's, too: anybody may put a file into `/tmp`.
 * The same holds for a file in `start` when everybody may write there.
 */
export async function findProject(start: string): Promise<string | undefined> {
  const { mode, uid } = ownerOf(start);
  const trusted = new Set([0, process.getuid?.() ?? 0, uid]);
  const isOpen = (mode & 0o002) !== 0;
  for (let folder = start; ; folder = dirname(folder)) {
    for (const file of [lockFileName, projectFileName])
      if (isThere(join(folder, file), folder === start && !isOpen ? undefined : trusted))
        return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

function ownerOf(folder: string): { readonly mode: number; readonly uid: number } {
  try {
    return statSync(folder);
  } catch {
    return { mode: 0, uid: 0 };
  }
}

// Most folders have none of the files, and an error for each costs more than the look.
function isThere(path: string, trusted: ReadonlySet<number> | undefined): boolean {
  try {
    const own = lstatSync(path, { throwIfNoEntry: false });
    return own !== undefined && statSync(path).isFile() && trusted?.has(own.uid) !== false;
  } catch {
    return false;
  }
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Problem('lock-invalid', `Cannot read ${path}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function readChecked<Output>(path: string, schema: Shape<Output>): Output | undefined {
  const bytes = readIfThere(path);
  return bytes && parseShape(schema, parseJson(bytes, path), 'lock-invalid', path);
}

function print(value: unknown): string {
  return `${JSON.stringify(sorted(value), null, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, nested]) => [key, sorted(nested)]),
  );
}
