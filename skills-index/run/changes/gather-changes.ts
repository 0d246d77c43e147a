/**
 * Collects the changes that a run made in its view of a folder: the code judges, compares and
 * counts each entry. Pure. Paths are Latin-1 text of their bytes.
 */
import { shownValueCharsMax } from '../../skill/limits.ts';
import { type Change, type ChangedFolder, type EntryState, sameState } from './changes.ts';
import { controlled, textOf, whyTextRefused } from './protected-names.ts';
import type { Shelves } from './shelves.ts';

export interface GatherLimits {
  readonly bytes: number;
  /**
   * The limit on the total length of all paths (also of paths left behind), of reasons and of link
   * targets.
   */
  readonly nameBytes: number;
  readonly paths: number;
}

export interface Gathering {
  readonly gathered: Pick<ChangedFolder, 'changes' | 'refused' | 'conflicts'>;
  /**
   * Leaves out a path and everything below the path, once. Always returns false: the caller must
   * not descend.
   * @throws Error when a limit is exceeded
   */
  refuse(path: string, why: string): false;
  /**
   * Requires that a file's bytes and the bytes of all earlier changes of the run stay within
   * `limits.bytes`, before the caller reads the file.
   * @throws Error when the sum would exceed `limits.bytes`
   */
  requireRoom(path: string, bytes: number): void;
  /**
   * Compares an entry that may be applied with its state before the run.
   * @returns whether the entry's bytes must be stored
   * @throws Error when a limit is exceeded
   */
  compare(
    path: string,
    below: EntryState | undefined,
    seen: EntryState | undefined,
    options?: CompareOptions,
  ): boolean;
  /**
   * Records a deleted path, unless the path must be left alone. `below` reads the path's state
   * before the run, and throws when that state cannot be read.
   */
  gone(path: string, below: () => Promise<EntryState | undefined>): Promise<void>;
}

interface CompareOptions {
  /** Absent where the name of the path makes the change plain. */
  readonly shelf?: Change['shelf'] | undefined;
  /**
   * Whether the entry is a folder that has its setgid bit and group from its parent folder, or had
   * them before.
   */
  readonly inherits?: boolean;
}

/** @param touched whether somebody else changed this path of the host's folder during the run */
export function gatherChanges(
  limits: GatherLimits,
  touched: (path: string) => boolean,
  shelves: Shelves,
): Gathering {
  const changes: Change[] = [];
  const refused: ChangedFolder['refused'] = [];
  const conflicts: string[] = [];
  const shut = new Set<string>();
  let bytes = 0;
  let nameBytes = 0;
  // One path may have 20 KB, so even few paths could be too many bytes for the audit log and the
  // change set.
  const countNames = (path: string, more = ''): void => {
    nameBytes += path.length + more.length;
    if (nameBytes > limits.nameBytes) throw new TooMuchChanged(limits, textOf(path));
  };
  const leave = (path: string, why: string): void => {
    countNames(path, why);
    refused.push({ path: textOf(path), why });
  };
  const refuse = (path: string, why: string): false => {
    if (!shut.has(path)) leave(path, why);
    shut.add(path);
    return false;
  };
  const requireRoom: Gathering['requireRoom'] = (path, more) => {
    if (bytes + more > limits.bytes) throw new TooMuchChanged(limits, textOf(path));
  };
  const add = (
    path: string,
    before: EntryState | undefined,
    after: EntryState | undefined,
    shelf: Change['shelf'] | undefined,
  ): void => {
    countNames(path, after?.kind === 'link' ? after.to : '');
    if (touched(path)) conflicts.push(textOf(path));
    bytes += after?.kind === 'file' ? after.bytes : 0;
    if (bytes > limits.bytes || changes.length >= limits.paths)
      throw new TooMuchChanged(limits, textOf(path));
    changes.push({
      path: textOf(path),
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      ...(shelf === undefined ? {} : { shelf }),
    });
  };
  const compare: Gathering['compare'] = (path, below, seen, options = {}) => {
    const { inherits = false, shelf } = options;
    if (sameState(below, seen)) return false;
    // On the host, only root could change a folder's owner. A run that recreates a shared folder
    // means to change the folder's content, not its owner.
    if (below?.kind === 'folder' && seen?.kind === 'folder' && below.uid !== seen.uid) {
      leave(path, `the folder of user ${below.uid} keeps its owner, group and mode`);
      return false;
    }
    const bits = seen?.kind === 'folder' && inherits ? 0o3777 : 0o1777;
    const after = seen !== undefined && 'mode' in seen ? { ...seen, mode: seen.mode & bits } : seen;
    if (!sameState(after, seen)) leave(path, 'its setuid or setgid bits were removed');
    if (sameState(below, after)) return false;
    add(path, below, after, shelf);
    return after?.kind === 'file';
  };
  const gone: Gathering['gone'] = async (path, below) => {
    if (path.split('/').some((_, end, parts) => shut.has(parts.slice(0, end + 1).join('/'))))
      return;
    const { root, shelf } = shelves.judge(path);
    if (shelf === 'never') return void refuse(root, controlled);
    const why = whyTextRefused(textOf(path));
    if (why !== undefined) return void refuse(path, why);
    const before = await below();
    if (before !== undefined) add(path, before, undefined, shelf === 'obeyed' ? shelf : undefined);
  };
  return { gathered: { changes, refused, conflicts }, refuse, requireRoom, compare, gone };
}

/**
 * The error for a run that changed more than the limits allow. The runner discards all changes of
 * such a run.
 */
export class TooMuchChanged extends Error {
  constructor({ bytes, nameBytes, paths }: GatherLimits, path: string) {
    const most = `${inMiB(bytes)} MiB, ${paths} paths, or ${inMiB(nameBytes)} MiB of names and reasons`;
    super(
      `the run changed or left behind more than ${most}; the limit was met at ${path.slice(0, shownValueCharsMax)}`,
    );
  }
}

function inMiB(bytes: number): number {
  return bytes / 1024 / 1024;
}
