/**
 * The note of which advisory of a folder or archive names which package. Names of files do not say
 * their package, so the runner reads each advisory once and notes its packages. The note has parts
 * by a hash of the package, so that a start reads the parts of its own packages only.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import { type Advisory, parseAdvisory } from '../../skills-index/run/indexes/advisory.ts';
import type { Ecosystem } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { noteParts } from './limits.ts';

/** Where one advisory is: its file name, and its place where it lies in an archive. */
export const advisoryPlace = v.object({
  path: v.string(),
  begin: v.optional(v.number(), 0),
  length: v.optional(v.number(), 0),
  size: v.optional(v.number(), 0),
  crc: v.optional(v.number(), 0),
  isStored: v.optional(v.boolean(), true),
});
export type AdvisoryPlace = v.InferOutput<typeof advisoryPlace>;

/** A folder or archive of advisories, as it was when somebody opened it. */
export interface AdvisoryFiles {
  /** Changes with each change of the folder or archive. */
  readonly state: string;
  list(): readonly AdvisoryPlace[];
  /** @throws Problem `host-policy-invalid` with the path of a file that cannot be read */
  read(place: AdvisoryPlace): { readonly text: string; readonly path: string };
  /** @throws Problem `host-policy-invalid` when the archive changed since it was opened */
  close(): void;
}

/** Returns the advisories that name a package, by the package's name in normal form. */
export type FindAdvisories = (ecosystem: Ecosystem, name: string) => readonly Advisory[];

/** Called for each advisory while the runner reads a folder or archive whole. */
export type OnReadAdvisory = (read: number, total: number) => void;

const partShape = v.array(v.tuple([v.string(), v.array(advisoryPlace)]));

/** Bytes of the digest at the start of a note, and of each row of the table behind the digest. */
const digestBytes = 32;
const rowBytes = 12;

/**
 * Finds the advisories of a folder or archive by their packages.
 * @param open opens the folder or archive, anew where it has to be read whole; returns undefined
 * where there is none
 * @param notePath returns the path of the note
 */
export function notedAdvisories(
  open: (isAnew: boolean) => AdvisoryFiles | undefined,
  notePath: () => string,
  onRead: OnReadAdvisory | undefined,
): FindAdvisories {
  // What was read, where the note could not be written.
  let unwritten: Notes | undefined;
  // Undefined where the note does not say it, and the advisories may not be read whole.
  const find = (files: AdvisoryFiles | undefined, key: string, isWhole: boolean) => {
    if (files === undefined) return [];
    try {
      const { state } = files;
      const note = notePath();
      let found = unwritten?.state === state ? unwritten.found : readPart(note, state, key);
      if (found === undefined && isWhole) {
        const notes = readAll(files, onRead);
        if (!writeNote(note, notes)) unwritten = notes;
        found = notes.found;
      }
      return found && (found.get(key) ?? []).flatMap((place) => readAdvisory(files, place));
    } finally {
      files.close();
    }
  };
  return (ecosystem, name) => {
    const key = keyOf(ecosystem, name);
    return find(open(false), key, false) ?? find(open(true), key, true) ?? [];
  };
}

interface Notes {
  readonly state: string;
  readonly found: ReadonlyMap<string, readonly AdvisoryPlace[]>;
}

function readAdvisory(files: AdvisoryFiles, place: AdvisoryPlace): readonly Advisory[] {
  const { path, text } = files.read(place);
  return parseAdvisory(text, path);
}

/** Reads every advisory. */
function readAll(files: AdvisoryFiles, onRead: OnReadAdvisory | undefined): Notes {
  const places = files.list();
  const found = new Map<string, AdvisoryPlace[]>();
  for (const [at, place] of places.entries()) {
    const keys = readAdvisory(files, place).map((one) => keyOf(one.ecosystem, one.name));
    for (const key of new Set(keys)) {
      const own = found.get(key);
      if (own === undefined) found.set(key, [place]);
      else own.push(place);
    }
    onRead?.(at + 1, places.length);
  }
  return { state: files.state, found };
}

function keyOf(ecosystem: Ecosystem, name: string): string {
  return `${ecosystem} ${name}`;
}

function partOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32LE(0) % noteParts;
}

/** Undefined where the note is absent, damaged, or of another state. */
function readPart(note: string, state: string, key: string): Notes['found'] | undefined {
  try {
    const file = fs.openSync(note, 'r');
    try {
      if (!readAt(file, 0, digestBytes).equals(digestOf(state))) return undefined;
      const row = readAt(file, digestBytes + partOf(key) * rowBytes, rowBytes);
      const bytes = readAt(file, row.readUInt32LE(0), row.readUInt32LE(4));
      if (crc32(bytes) !== row.readUInt32LE(8)) return undefined;
      return new Map(v.parse(partShape, JSON.parse(bytes.toString('utf8'))));
    } finally {
      fs.closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** Reads bytes of a file; fewer than `length` where the file ends. */
export function readAt(file: number, begin: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const more = fs.readSync(file, bytes, read, length - read, begin + read);
    if (more === 0) break;
    read += more;
  }
  return bytes.subarray(0, read);
}

// Without its note the next start reads the advisories again. A part is never empty, so a table of
// zeros, which a failure of power may leave, names no part.
function writeNote(note: string, { found, state }: Notes): boolean {
  const parts = Array.from({ length: noteParts }, (): unknown[] => []);
  for (const entry of found) parts[partOf(entry[0])]?.push(entry);
  const texts = parts.map((part) => Buffer.from(JSON.stringify(part)));
  const table = Buffer.alloc(texts.length * rowBytes);
  let at = digestBytes + table.length;
  for (const [index, text] of texts.entries()) {
    table.writeUInt32LE(at, index * rowBytes);
    table.writeUInt32LE(text.length, index * rowBytes + 4);
    table.writeUInt32LE(crc32(text), index * rowBytes + 8);
    at += text.length;
  }
  const made = `${note}.${process.pid}`;
  try {
    fs.mkdirSync(dirname(note), { recursive: true, mode: 0o700 });
    fs.writeFileSync(made, Buffer.concat([digestOf(state), table, ...texts]), { mode: 0o600 });
    fs.renameSync(made, note);
    return true;
  } catch {
    if (fs.existsSync(made)) fs.rmSync(made);
    return false;
  }
}

/** The digest of the note's form and of the state. */
function digestOf(state: string): Buffer {
  return createHash('sha256').update(`skillgate.advisory-notes/4 ${state}`).digest();
}

/** The failure of an advisory: a package must not pass because its advisory was skipped. */
export function unreadable(path: string, why: string, hint = fetchAgain, cause?: unknown): Problem {
  return new Problem('host-policy-invalid', `Cannot read ${path}: ${why}`, {
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}

const fetchAgain = 'fetch the file again from your OSV mirror, or delete it';
