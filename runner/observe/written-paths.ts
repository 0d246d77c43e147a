/** The state of a folder before and after a step, and the differences. No link is followed. */
import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { ownersOf } from '../files/ownership.ts';
import { bytesOf, foldersDeepMax, textOf, withHandle, withParent } from '../files/walk-folder.ts';

/** Files and entries of decoy folders that are compared after a step. */
export const comparedEntriesMax = 5_000;

/** Entries that are compared below one folder of startup files. */
export const watchedEntriesMax = 500;

interface EntryState {
  readonly size: number;
  readonly changed: number;
  readonly read: number;
  readonly mode: number;
}

export interface ChangedPath {
  readonly path: string;
  readonly how: 'new' | 'changed' | 'deleted' | 'read';
}

/** Files below a folder, by relative path of bytes. */
interface FolderState {
  readonly entries: ReadonlyMap<string, EntryState>;
  /** There are more entries than are compared. */
  readonly overflowed: boolean;
}

/**
 * Files below a folder, those of upper folders first. The paths of a state before and the watched
 * paths are always looked at, so that nobody hides their change behind many new files.
 * @param folder path of an opened folder, such as `/proc/self/fd/N`
 */
export function readState(folder: string, before?: FolderState): FolderState {
  const entries = new Map<string, EntryState>();
  const keep = (path: string, { atimeMs: read, mode, mtimeMs: changed, size }: Stats): void => {
    entries.set(path, { size, changed, read, mode });
  };
  const below = (path: string, max: number): boolean =>
    eachBelow(folder, path, (one, stat, looked) => {
      if (looked > max) return false;
      if (!stat.isDirectory()) keep(one, stat);
      return true;
    });
  for (const path of [...(before?.entries.keys() ?? []), ...watchedPaths]) {
    const stat = inParent(folder, path, (at) => lstatSync(at));
    if (stat?.isDirectory() === false) keep(path, stat);
    // More than is compared is itself what was written there.
    else if (stat !== undefined && !below(path, watchedEntriesMax)) keep(`${path}/`, stat);
  }
  return { entries, overflowed: !below('', comparedEntriesMax) };
}

/** Bytes of all files below folders, and what an entry takes itself; stops counting at a limit. */
export function writtenBytes(folders: readonly string[], max: number): number {
  let bytes = 0;
  for (const folder of folders) {
    const isWhole = eachBelow(folder, '', (_, stat) => {
      bytes += Math.max(stat.isDirectory() ? 0 : stat.size, entryBytes);
      return bytes <= max;
    });
    if (!isWhole) return Math.max(bytes, max + 1);
  }
  return bytes;
}

const entryBytes = 4096;

/** Calls `see` for each entry until it returns false, and returns whether it saw all. */
function eachBelow(
  folder: string,
  start: string,
  see: (path: string, stat: Stats, looked: number) => boolean,
): boolean {
  let looked = 0;
  let isWhole = true;
  const waiting = [start];
  const list = (at: string, self: string): void => {
    // Names with a dot first: settings and startup files have them, and heaps of files do not.
    for (const name of readdirSync(`${self}/`, 'latin1').toSorted()) {
      const path = at === '' ? name : `${at}/${name}`;
      const stat = lstatSync(bytesOf(`${self}/${name}`), { throwIfNoEntry: false });
      if (stat === undefined) continue;
      isWhole = see(path, stat, ++looked);
      if (!isWhole) return;
      if (stat.isDirectory()) waiting.push(path);
    }
  };
  for (const at of waiting) {
    // Each level is opened again for each folder below it.
    if (at.split('/').length > foldersDeepMax) return false;
    if (at === '') list(at, folder);
    else inParent(folder, at, (parent) => withHandle(parent, (self) => list(at, self)));
    if (!isWhole) return false;
  }
  return true;
}

// A step can replace a folder by a file or a link: what was below it is no longer there.
function inParent<Result>(
  folder: string,
  path: string,
  act: (at: Buffer) => Result,
): Result | undefined {
  try {
    return withParent(folder, path, ownersOf(statSync(folder)), act);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(code)) return undefined;
    throw cause;
  }
}

export function changesOf(
  { entries: before }: FolderState,
  { entries: after }: FolderState,
): readonly ChangedPath[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((one): ChangedPath[] => {
    const path = textOf(one);
    const old = before.get(one);
    const now = after.get(one);
    if (old === undefined) return [{ path, how: 'new' }];
    if (now === undefined) return [{ path, how: 'deleted' }];
    if (old.changed !== now.changed || old.size !== now.size || old.mode !== now.mode)
      return [{ path, how: 'changed' }];
    return old.read === now.read ? [] : [{ path, how: 'read' }];
  });
}

/**
 * Paths below the home folder by which a submission stays: keys, and what starts by itself. They
 * are judged, and always looked at.
 */
const keyFiles = ['.ssh/authorized_keys', '.ssh/rc', '.ssh/config'];
const startupFiles =
  '.bashrc .bash_profile .bash_login .bash_logout .profile .zshrc .zshenv .zprofile .xprofile .xinitrc .gitconfig .npmrc .vimrc .inputrc CLAUDE.md AGENTS.md'.split(
    ' ',
  );
const startupFolders =
  '.config/autostart .config/systemd .config/fish .config/pip .config/git .pip .observed-crontab Library/LaunchAgents .claude .codex .cursor .gemini'.split(
    ' ',
  );
/** Each beside what it is on Linux: settings that start programs, profiles, programs' own code. */
const windowsFolders = [
  'AppData/Local/Microsoft/WindowsApps',
  'AppData/Roaming/Claude',
  'AppData/Roaming/Code/User',
  'AppData/Roaming/Cursor/User',
  'AppData/Roaming/Microsoft/Excel/XLSTART',
  'AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup',
  'AppData/Roaming/Microsoft/Word/STARTUP',
  'AppData/Roaming/npm/etc',
  'AppData/Roaming/pip',
  'Documents/PowerShell',
  'Documents/WindowsPowerShell',
  'pip',
];
const startupOther = [
  /^(\.local\/lib\/python[^/]*|AppData\/.*)\/site-packages\//i,
  /^AppData\/(Local|Roaming)\/discord[^/]*\//i,
  /^AppData\/.*\/resources\/app(\.asar)?\//i,
  /^.*Start Menu.*Startup/i,
  /^\.observed-registry\/.*\/CurrentVersion\/(Policies\/Explorer\/)?Run/i,
  /^\.observed-registry\/.*\/(Winlogon\/|Command Processor\/AutoRun|UserInitMprLogonScript)/i,
];

/** Files and folders to look at however many others there are. */
const watchedPaths: readonly string[] = [
  ...keyFiles,
  ...startupFiles,
  ...startupFolders,
  ...Array.from({ length: 40 }, (_, at) => `.local/lib/python3.${at}/site-packages`),
  '.observed-registry',
  ...windowsFolders,
];

export function isKey(path: string): boolean {
  return keyFiles.includes(path);
}

const startupNames = new Set(startupFiles.map((path) => path.toLowerCase()));
const folderStarts = [...startupFolders, ...windowsFolders].map((one) => `${one.toLowerCase()}/`);

/**
 * A folder of startup files that was replaced by a link or a file counts, too. Two of three systems
 * know no case in names.
 */
export function isStartup(path: string): boolean {
  const small = `${path}/`.toLowerCase();
  return (
    startupNames.has(small.slice(0, -1)) ||
    folderStarts.some((folder) => small.startsWith(folder)) ||
    startupOther.some((one) => one.test(small))
  );
}
