/** The texts that `connect` changes: files of other programs. */
import { constants, lstatSync, realpathSync, statSync } from 'node:fs';
import { chmod, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeWhole } from '../whole-file.ts';
import { type ConfigEntry, unusable } from './entry.ts';
import type { Written } from './record.ts';

/** Bytes of one configuration file. Claude Code keeps its history in its file. */
const configBytesMax = 16 * 1024 * 1024;

const newFileMode = 0o600;

export interface TextDocument {
  /** As people name it, and as the record keeps it. */
  readonly title: string;
  /** @throws Problem `agent-config-invalid` where another user could have a say in it */
  read(): Promise<string | undefined>;
  /**
   * @param after undefined deletes the text
   * @throws Problem `agent-config-invalid` when the text is no longer `before`
   */
  write(after: string | undefined, before: string | undefined): Promise<void>;
}

/** A text and what goes into it. */
export interface Target extends Pick<Written, 'format' | 'row'> {
  readonly document: TextDocument;
  readonly entries: readonly ConfigEntry[];
}

export interface ConnectWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The words that start this program, from wherever. */
  readonly program: readonly [command: string, ...args: string[]];
  /** The agent identity that gets the skills. */
  readonly identity: string;
  /** For NanoClaw: its folder. */
  readonly folder: string;
}

/** A link is followed to the file, which is replaced in one step and keeps its mode. */
export function fileDocument(title: string): TextDocument {
  const read = async (): Promise<{ text: string; path: string; mode: number } | undefined> => {
    const path = realPathOf(title);
    requireOwnFolders(title, dirname(title));
    if (path !== undefined) requireOwnFolders(title, dirname(path));
    if (path === undefined) return undefined;
    const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stats = await file.stat();
      const { mode, size, uid } = stats;
      if (!stats.isFile()) throw unusable(title, 'it is no regular file');
      if (!isMine(uid)) throw unusable(title, `${path} belongs to user ${uid}`);
      if (size > configBytesMax) throw unusable(title, `it is larger than ${configBytesMax} bytes`);
      return { text: decode(await file.readFile(), title), path, mode: mode & 0o777 };
    } finally {
      await file.close();
    }
  };
  return {
    title,
    read: async () => (await named(title, read))?.text,
    write: (after, before) =>
      named(title, async () => {
        const found = await read();
        if (found?.text !== before) throw changed(title);
        const path = found?.path ?? title;
        if (after === undefined) return await rm(path);
        const mode = found?.mode ?? newFileMode;
        await writeWhole(path, after, mode);
        // The umask may have taken bits.
        await chmod(path, mode);
      }),
  };
}

/** Failures of the file system with the name of the file that a person knows. */
async function named<Result>(title: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (cause) {
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause;
    throw unusable(title, cause.message);
  }
}

export function changed(title: string) {
  return unusable(title, 'another program has just changed it; type the command again');
}

function realPathOf(path: string): string | undefined {
  try {
    const link = lstatSync(path);
    if (link.isSymbolicLink() && !isMine(link.uid))
      throw unusable(path, `it is a link of user ${link.uid}`);
    return realpathSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
      throw unusable(path, 'it is a link to a file that does not exist');
    return undefined;
  }
}

/**
 * Whoever owns a folder on the way, or may write to it, could exchange the file: above all that of
 * a command that root types.
 */
export function requireOwnFolders(path: string, folder: string): void {
  for (const at of [folder, realFolderOf(folder)])
    for (let above = at; ; above = dirname(above)) {
      const stats = statSync(above, { throwIfNoEntry: false });
      if (stats !== undefined) {
        const { mode, uid } = stats;
        if (uid !== 0 && !isMine(uid))
          throw unusable(path, `${above} belongs to user ${uid}: type the command as that user`);
        // In a sticky folder such as /tmp, users cannot replace each other’s entries.
        if ((mode & 0o002) !== 0 && (mode & 0o1000) === 0)
          throw unusable(path, `every user may write to ${above}: chmod o-w ${above}`);
      }
      if (above === dirname(above)) break;
    }
}

function realFolderOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder === dirname(folder) ? folder : realFolderOf(dirname(folder));
  }
}

function isMine(uid: number): boolean {
  return process.getuid === undefined || uid === process.getuid();
}

function decode(bytes: Uint8Array, title: string): string {
  try {
    // A byte order mark is a part of the text that has to stay.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unusable(title, 'it is not UTF-8');
  }
}
