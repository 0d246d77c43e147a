/** What a run changed in its view of a folder: judged, compared with the folder below, its new bytes kept by their digest. */
import * as fs from 'node:fs';
import { type Change, type ChangedFolder, type EntryState, sameState } from '../../skills-index/run/changes.ts';
import { whyPathRefused, whyTextRefused } from '../../skills-index/run/protected-names.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { changedBytesMax, changedPathsMax } from '../limits.ts';
import { isUntouched, whyRemoved } from './judge-entry.ts';
import type { Entry } from './protected-paths.ts';
import { type Met, textOf, walkFolder, withHandle, withParent } from './walk-folder.ts';

/** Takes the bytes of a file that is new or changed. */
export type Keep = (path: string, bytes: Uint8Array) => void;

export type Collected = Pick<ChangedFolder, 'changes' | 'refused' | 'conflicts'>;

export interface ViewedFolder {
  /** `/proc/self/fd/N` of what the run saw, and of what lies below. */
  readonly view: string;
  readonly below: string;
  /** The view before the run. */
  readonly before: ReadonlyMap<string, Entry>;
  /** When each entry below last changed, before the run. */
  readonly belowBefore: (path: string) => number | undefined;
}

/**
 * Nothing of the run lives any more.
 * @param keep takes the bytes of each file that is new or changed
 * @throws Error when there is more than may be kept
 */
export function collectChanges(folder: ViewedFolder, keep: Keep): Collected {
  const { view, below, before } = folder;
  const [changes, refused, conflicts]: [Change[], ChangedFolder['refused'], string[]] = [[], [], []];
  const cleaned: ChangedFolder['refused'] = [];
  const seen = new Set<string>();
  let bytes = 0;
  const refuse = (path: string, why: string): boolean => {
    refused.push({ path: textOf(path), why });
    return false;
  };
  const add = (path: string, old: ReturnType<typeof stateAt>, after?: EntryState, content?: Uint8Array): void => {
    const one = textOf(path);
    if (old?.changed !== folder.belowBefore(path)) conflicts.push(one);
    bytes += content?.length ?? 0;
    if (bytes > changedBytesMax || changes.length >= changedPathsMax) throw new Error(tooMuch);
    if (content !== undefined) keep(one, content);
    const before = old?.state;
    changes.push({ path: one, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
  };
  const meet = (met: Met): boolean => {
    const { path, at, stats, link } = met;
    const old = before.get(path);
    seen.add(path);
    if (isUntouched(stats, old) || (stats.isDirectory() && old?.mode === stats.mode)) return true;
    const why =
      whyRemoved(view, met, old) ?? whyPathRefused(textOf(path), old === undefined) ?? whyTextRefused(textOf(link ?? ''));
    if (why !== undefined) return refuse(path, why);
    const { state, content } = withHandle(at, (self) => readState(self, stats, link));
    const after = state !== undefined && 'mode' in state ? { ...state, mode: state.mode & 0o1777 } : state;
    const under = stateAt(below, path);
    if (sameState(under?.state, state)) return true;
    // It would be two files in the folder.
    if (stats.isFile() && stats.nlink > 1) return refuse(path, 'a hard link');
    if (!sameState(after, state)) cleaned.push({ path: textOf(path), why: 'setuid or setgid bits, taken off' });
    if (!sameState(under?.state, after)) add(path, under, after, content);
    return true;
  };
  const fail = (path: string, cause: unknown): void => {
    if ((cause as Error).message === tooMuch) throw cause;
    refuse(path, `could not be judged: ${(cause as Error).message}`);
  };
  walkFolder(view, { mend: true, meet, fail });
  const kept = new Set(refused.map((one) => one.path));
  for (const path of before.keys()) {
    if (seen.has(path) || path.split('/').some((_, end, parts) => kept.has(textOf(parts.slice(0, end + 1).join('/'))))) continue;
    const why = whyPathRefused(textOf(path), false);
    const under = stateAt(below, path);
    if (why !== undefined) refuse(path, why);
    else if (under?.state !== undefined) add(path, under);
  }
  return { changes, refused: [...refused, ...cleaned], conflicts };
}

const tooMuch = `more than ${changedBytesMax / 1024 / 1024} MiB or ${changedPathsMax} paths changed`;

/** What a path of a folder is now; undefined when it is not there, or nothing that changes speak of. No link is followed. */
export function stateAt(
  root: string,
  path: string,
): { readonly state: EntryState | undefined; readonly changed: number } | undefined {
  try {
    return withParent(root, path, (at) =>
      withHandle(at, (self, stats) => {
        const link = stats.isSymbolicLink() ? fs.readlinkSync(at, 'latin1') : undefined;
        return { state: readState(self, stats, link).state, changed: stats.ctimeMs };
      }),
    );
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw cause;
  }
}

function readState(
  self: string,
  stats: fs.Stats,
  link: string | undefined,
): { readonly state: EntryState | undefined; readonly content?: Uint8Array } {
  const mode = stats.mode & 0o7777;
  if (link !== undefined) return { state: { kind: 'link', to: textOf(link) } };
  if (stats.isDirectory()) return { state: { kind: 'folder', mode } };
  if (!stats.isFile()) return { state: undefined };
  if (stats.size > changedBytesMax) throw new Error(tooMuch);
  const content = fs.readFileSync(self);
  return { state: { kind: 'file', sha256: digestOf(content), bytes: content.length, mode }, content };
}
