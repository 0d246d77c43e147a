/**
 * Gathers what a run changed in its view of a folder, entry by entry: judged, compared, counted.
 * Pure. Paths are Latin-1 text of their bytes.
 */
import { shownValueCharsMax } from '../../skill/limits.ts';
import { type Change, type ChangedFolder, type EntryState, sameState } from './changes.ts';
import { type FurtherNames, whyPathRefused } from './protected-names.ts';

export interface GatherLimits {
  readonly bytes: number;
  /**
   * Of all paths together, of what is left behind as well, with reasons and the targets of links.
   */
  readonly nameBytes: number;
  readonly paths: number;
}

export interface Gathering {
  readonly gathered: Pick<ChangedFolder, 'changes' | 'refused' | 'conflicts'>;
  /**
   * Nothing at this path or below it is taken over. Always false: not to be looked into.
   * @throws Error when there is more than the limits
   */
  refuse(path: string, why: string): false;
  /**
   * Before a file of the view is read.
   * @throws Error when it is more than the limits
   */
  requireRoom(path: string, bytes: number): void;
  /**
   * An entry that may be taken over.
   * @param inherits whether it is a folder that has its setgid bit and its group from the folder
   * that holds it, or had them before
   * @returns whether its bytes have to be kept
   * @throws Error when there is more than the limits
   */
  compare(
    path: string,
    below: EntryState | undefined,
    seen: EntryState | undefined,
    inherits?: boolean,
  ): boolean;
  /**
   * A path that the run does not see any more, unless it is not taken over. `below` throws where it
   * cannot be read.
   */
  gone(path: string, below: () => Promise<EntryState | undefined>): Promise<void>;
}

/**
 * @param touched whether somebody else changed a path of the folder itself while the run went on
 */
export function gatherChanges(
  limits: GatherLimits,
  touched: (path: string) => boolean,
  further: FurtherNames = [],
): Gathering {
  const changes: Change[] = [];
  const refused: ChangedFolder['refused'] = [];
  const conflicts: string[] = [];
  const shut = new Set<string>();
  let bytes = 0;
  let nameBytes = 0;
  // A path may be as long as 20 KB, so few entries can be more names than a log and a list take.
  const countNames = (path: string, more = ''): void => {
    nameBytes += path.length + more.length;
    if (nameBytes > limits.nameBytes) throw new TooMuchChanged(limits, textOf(path));
  };
  const leave = (path: string, why: string): void => {
    countNames(path, why);
    refused.push({ path: textOf(path), why });
  };
  const refuse = (path: string, why: string): false => {
    leave(path, why);
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
    });
  };
  const compare: Gathering['compare'] = (path, below, seen, inherits = false) => {
    if (sameState(below, seen)) return false;
    // Only its owner could make it so; a run that makes a shared folder anew means what is in it.
    if (below?.kind === 'folder' && seen?.kind === 'folder' && below.uid !== seen.uid) {
      leave(path, `the folder of user ${below.uid} keeps its owner, group and mode`);
      return false;
    }
    const bits = seen?.kind === 'folder' && inherits ? 0o3777 : 0o1777;
    const after = seen !== undefined && 'mode' in seen ? { ...seen, mode: seen.mode & bits } : seen;
    if (!sameState(after, seen)) leave(path, 'setuid or setgid bits, taken off');
    if (sameState(below, after)) return false;
    add(path, below, after);
    return after?.kind === 'file';
  };
  const gone: Gathering['gone'] = async (path, below) => {
    if (path.split('/').some((_, end, parts) => shut.has(parts.slice(0, end + 1).join('/'))))
      return;
    const why = whyPathRefused(textOf(path), false, further);
    if (why !== undefined) return void refuse(path, why);
    const before = await below();
    if (before !== undefined) add(path, before, undefined);
  };
  return { gathered: { changes, refused, conflicts }, refuse, requireRoom, compare, gone };
}

/** All of it is thrown away then. */
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

function textOf(latin: string): string {
  return Buffer.from(latin, 'latin1').toString('utf8');
}
