/** An archive of advisories, as OSV publishes one for each ecosystem: `npm/all.zip`. */
import * as fs from 'node:fs';
import { type AdvisoryKind, advisoryFiles } from '../../skills-index/run/indexes/advisory.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { listZip, unpackPlace, type ZipPlace } from '../archives/zip.ts';
import { type AdvisoryFiles, type AdvisoryPlace, readAt, unreadable } from './advisory-notes.ts';
import { advisoryArchiveBytesMax, advisoryBytesMax, archivedAdvisoriesMax } from './limits.ts';

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
