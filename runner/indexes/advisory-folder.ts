/**
 * Finds the operator's advisories about a package. Two layouts exist: a folder for each package, as
 * the repository of the Open Source Security Foundation has, and a folder of files, as OSV's
 * archives have. The names of files do not say their package, so the runner notes the packages of
 * such a folder, and reads the folder whole only after a change.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import {
  type Advisory,
  type AdvisoryKind,
  advisoryFiles,
  advisoryFolders,
  parseAdvisory,
} from '../../skills-index/run/indexes/advisory.ts';
import type { Ecosystem } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { advisoriesMax, advisoryBytesMax } from './limits.ts';

/** Returns the advisories about one package, by the package's name in normal form. */
export type Advisories = (ecosystem: Ecosystem, name: string) => readonly Advisory[];

export interface AdvisorySource {
  /** The operator's folder; undefined where host policy names none. */
  readonly folder: string | undefined;
  /** The user's folder for what can be made again. */
  readonly cache: string;
}

const layouts = ['', 'malicious', 'osv/malicious'];

/**
 * @throws Problem `host-policy-invalid` when the folder is absent, has too many files, or has an
 * advisory that cannot be read: a package must not pass because its advisory was skipped
 */
export function openAdvisories(
  { cache, folder }: AdvisorySource,
  kind: AdvisoryKind = 'malware',
): Advisories {
  if (folder === undefined) return () => [];
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new Problem(
      'host-policy-invalid',
      `Cannot read advisories: there is no folder ${folder}`,
      {
        hint: 'name the folder of your OSV mirror under "advisories" in host.json',
      },
    );
  const flat = [
    folder,
    ...Object.values(advisoryFolders)
      .flat()
      .map((name) => join(folder, name)),
  ].map((path) => noted(path, cache, kind));
  return (ecosystem, name) => {
    const own = layouts.flatMap((layout) =>
      advisoryFolders[ecosystem].flatMap((named) => {
        const path = join(folder, layout, named, name);
        return namesIn(path, kind).map((file) => join(path, file));
      }),
    );
    return [...flat.flatMap((files) => files.get(keyOf(ecosystem, name)) ?? []), ...own]
      .flatMap(readAdvisory)
      .filter((one) => one.ecosystem === ecosystem && one.name === name)
      .filter(({ isMalware }) => isMalware || kind === 'all');
  };
}

const notes = v.object({ state: v.string(), files: v.record(v.string(), v.array(v.string())) });

/** The paths of a folder's advisories, by package. */
function noted(
  folder: string,
  cache: string,
  kind: AdvisoryKind,
): ReadonlyMap<string, readonly string[]> {
  const names = namesIn(folder, kind);
  if (names.length === 0) return new Map();
  const place = join(cache, 'advisories', `${hashOf(`${kind} ${folder}`).slice(0, 16)}.json`);
  const state = stateOf(folder, names);
  const known = readNotes(place);
  const files = known?.state === state ? known.files : packagesIn(folder, names);
  if (known?.state !== state) writeNotes(place, { state, files });
  return new Map(
    Object.entries(files).map(([key, own]) => [key, own.map((name) => join(folder, name))]),
  );
}

function packagesIn(folder: string, names: readonly string[]): Record<string, string[]> {
  const files = new Map<string, string[]>();
  for (const name of names) {
    const about = readAdvisory(join(folder, name)).map((one) => keyOf(one.ecosystem, one.name));
    for (const key of new Set(about)) files.set(key, [...(files.get(key) ?? []), name]);
  }
  return Object.fromEntries(files);
}

function keyOf(ecosystem: Ecosystem, name: string): string {
  return `${ecosystem} ${name}`;
}

// The kernel sets the time of the last change (ctime) itself, so a file that was written again in
// its place has another state.
function stateOf(folder: string, names: readonly string[]): string {
  const states = new Float64Array(names.length * 3);
  for (const [at, name] of names.entries()) {
    const { ctimeMs, ino, size } = statSync(join(folder, name));
    states.set([ino, size, ctimeMs], at * 3);
  }
  return createHash('sha256').update(names.join('\n')).update(states).digest('hex');
}

function readNotes(place: string): v.InferOutput<typeof notes> | undefined {
  try {
    return v.parse(notes, JSON.parse(readFileSync(place, 'utf8')));
  } catch {
    return undefined;
  }
}

// Without its notes the next start reads the folder again.
function writeNotes(place: string, value: v.InferOutput<typeof notes>): void {
  try {
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
    writeFileSync(`${place}.${process.pid}`, JSON.stringify(value), { mode: 0o600 });
    renameSync(`${place}.${process.pid}`, place);
  } catch {}
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function readAdvisory(path: string): readonly Advisory[] {
  if (statSync(path).size > advisoryBytesMax)
    throw new Problem(
      'host-policy-invalid',
      `Cannot read ${path}: it has more than ${advisoryBytesMax} bytes`,
    );
  return parseAdvisory(readFileSync(path, 'utf8'), path);
}

function namesIn(folder: string, kind: AdvisoryKind): readonly string[] {
  const names = filesIn(folder)
    .filter((name) => advisoryFiles[kind].test(name))
    .sort();
  if (names.length > advisoriesMax)
    throw new Problem(
      'host-policy-invalid',
      `Cannot read ${folder}: it has more than ${advisoriesMax} advisories`,
      { hint: 'use the layout with a folder for each package, ECOSYSTEM/NAME/MAL-….json' },
    );
  return names;
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw cause;
  }
}
