/** An archive of advisories, as OSV publishes one for each ecosystem: `npm/all.zip`. */

import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import {
  type Advisory,
  type AdvisoryKind,
  advisoryFiles,
  parseAdvisory,
} from '../../skills-index/run/indexes/advisory.ts';
import type { Ecosystem } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { listZip, unpackPlace, type ZipPlace } from '../archives/zip.ts';

/** Bytes of one archive of advisories, which the first read holds in memory. */
const advisoryArchiveBytesMax = 1024 * 1024 * 1024;

export const advisoryBytesMax = 1024 * 1024;

const archivedAdvisoriesMax = 1_000_000;

/**
 * Parts of the note of which advisory names which package. A start reads one part for each package,
 * and of 250,000 packages a part has four.
 */
const noteParts = 65_536;

/** The names of files that an archive may have. Anything else could hide an advisory. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9._:-]*\.json$/;

/**
 * @returns undefined where there is no archive
 * @throws Problem `host-policy-invalid` with the archive's path
 */
export function openAdvisoryArchive(path: string, kind: AdvisoryKind): AdvisoryFiles | undefined {
  const file = openFile(path);
  if (file === undefined) return undefined;
  const state = stateOf(file);
  let wasRead = false;
  return {
    state: `${kind} ${path} ${state}`,
    list: () => listAdvisories(path, file).filter((one) => advisoryFiles[kind].test(one.path)),
    read: (place) => {
      wasRead = true;
      return { text: textAt(path, file, place), path: `${place.path} in ${path}` };
    },
    close: () => {
      const now = wasRead ? stateOf(file) : state;
      fs.closeSync(file);
      if (now !== state) throw unreadable(path, 'it changed while it was read', putInPlace);
    },
  };
}

const putInPlace = 'start again; put a new archive in its place with mv, which changes it at once';

// Most folders have no archive, and an exception takes longer than a look. A named pipe would keep
// the start waiting.
function openFile(path: string): number | undefined {
  try {
    if (fs.statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    const file = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    if (fs.fstatSync(file).isFile()) return file;
    fs.closeSync(file);
  } catch (cause) {
    throw unreadable(path, cause instanceof Error ? cause.message : 'unknown', undefined, cause);
  }
  throw unreadable(path, 'it is no file');
}

// The kernel sets the time of the last change (ctime) itself.
function stateOf(file: number): string {
  const { ctimeNs, dev, ino, mtimeNs, size } = fs.fstatSync(file, { bigint: true });
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

function listAdvisories(path: string, file: number): readonly ZipPlace[] {
  const { size } = fs.fstatSync(file);
  if (size > advisoryArchiveBytesMax)
    throw unreadable(path, `it has ${size} bytes; at most ${advisoryArchiveBytesMax}`);
  const places = strictly(path, () => listZip(path, readAt(file, 0, size), archivedAdvisoriesMax));
  for (const place of places) {
    const shown = JSON.stringify(place.path);
    if (!plainName.test(place.path)) throw unreadable(path, `${shown} is no file of an advisory`);
    if (place.size > advisoryBytesMax)
      throw unreadable(path, `${shown} has ${place.size} bytes; at most ${advisoryBytesMax}`);
  }
  return places;
}

function textAt(path: string, file: number, place: AdvisoryPlace): string {
  return strictly(path, () =>
    unpackPlace(path, place, readAt(file, place.begin, place.length)),
  ).toString('utf8');
}

function strictly<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    throw unreadable(path, cause.message.replace(/^Cannot unpack .*?: /, ''), undefined, cause);
  }
}

// The note of which advisory of a folder or archive names which package. Names of files do not say
// their package, so the runner reads each advisory once and notes its packages. The note has parts
// by a hash of the package, so that a start reads the parts of its own packages only.

/** Where one advisory is: its file name, and its place where it lies in an archive. */
const advisoryPlace = v.object({
  path: v.string(),
  begin: v.optional(v.number(), 0),
  length: v.optional(v.number(), 0),
  size: v.optional(v.number(), 0),
  crc: v.optional(v.number(), 0),
  isStored: v.optional(v.boolean(), true),
});
type AdvisoryPlace = v.InferOutput<typeof advisoryPlace>;

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
type OnReadAdvisory = (read: number, total: number) => void;

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
function readAt(file: number, begin: number, length: number): Buffer {
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
