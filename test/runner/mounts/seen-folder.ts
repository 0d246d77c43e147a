/**
 * A folder that a run sees through a view, without a sandbox: what happens in the view, what is
 * offered, and what is applied.
 */
import { execFileSync } from 'node:child_process';
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyChanges, requireNoConflicts } from '../../../runner/changes/apply.ts';
import { changedBytesMax } from '../../../runner/mounts/entry-state.ts';
import { openViews } from '../../../runner/mounts/views.ts';
import { openWorkspace } from '../../../runner/mounts/workspace.ts';
import type { ChangedFolder, EntryState } from '../../../skills-index/run/changes/changes.ts';
import type { FurtherNames } from '../../../skills-index/run/changes/protected-names.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';

export interface Seen extends ChangedFolder {
  /**
   * @param meanwhile what somebody does between the judgement and the first change
   * @param begun whether an accept before was cut off
   */
  apply(meanwhile?: () => void, begun?: boolean): Promise<void>;
}

export interface SeenFolder {
  readonly top: string;
  /** The folder itself. */
  readonly folder: string;
  /** Acts in a view of it as a run would, and gives what is offered. */
  see(act: (view: string) => void): Promise<Seen>;
  remove(): void;
}

/**
 * @param overlays whether an overlay may be used; a copy otherwise
 * @param further names that host policy says are obeyed
 * @param ofRoot whether the folder belongs to root, so that a run sees a copy
 */
export function makeSeenFolder(
  overlays: boolean,
  further: FurtherNames = [],
  ofRoot = false,
): SeenFolder {
  const top = mkdtempSync(join(tmpdir(), 'skillgate-test-'));
  const folder = join(top, 'folder');
  mkdirSync(folder);
  if (process.getuid?.() === 0 && !ofRoot) chownSync(folder, 65_534, 65_534);
  let runs = 0;
  const see = async (act: (view: string) => void): Promise<Seen> => {
    if (!ofRoot) giveRest(folder);
    const runFolder = join(top, `run${runs++}`);
    mkdirSync(runFolder);
    const views = openViews(runFolder, overlays, changedBytesMax, owner);
    const descriptor = openSync(folder, 0o10_200_000);
    const held = await openWorkspace(
      descriptor,
      folder,
      { source: 'workspace:reports', target: '/reports' },
      views,
      further,
    );
    // An overlay that cannot be mounted would be a copy, and would test nothing.
    if (overlays && !ofRoot && held.view.below !== undefined)
      throw new Error('the view is no overlay');
    act(`/proc/self/fd/${held.view.pin}`);
    giveRest(`/proc/self/fd/${held.view.pin}`);
    const kept = new Map<string, Uint8Array>();
    const collected = await held.collect(
      (_, bytes) => void kept.set(digestOf(bytes), Buffer.from(bytes)),
    );
    views.close();
    const { ino, dev } = statSync(folder);
    const where = {
      source: 'workspace:reports',
      target: '/reports',
      path: folder,
      id: `${dev}:${ino}`,
      mode: 'cow' as const,
    };
    const changed = { ...where, ...collected };
    return {
      ...changed,
      apply: async (meanwhile = () => undefined, begun = false) => {
        const root = `/proc/self/fd/${descriptor}`;
        const judged = await requireNoConflicts(root, changed, further, begun);
        meanwhile();
        await applyChanges(
          root,
          changed,
          further,
          (sha256) => kept.get(sha256) ?? Buffer.from('lost'),
          judged,
        );
      },
    };
  };
  return { top, folder, see, remove: () => rmSync(top, { recursive: true, force: true }) };
}

/** Tests may be root; what they make as root stands for what the folder's owner made. */
export function giveRest(folder: string): void {
  if (process.getuid?.() !== 0) return;
  const found = folder.replace('/proc/self/', `/proc/${process.pid}/`);
  execFileSync('find', [
    `${found}/`,
    '-mindepth',
    '1',
    '-uid',
    '0',
    '-exec',
    'chown',
    '-h',
    '65534:65534',
    '{}',
    '+',
  ]);
}

/** Whose folders runs see. */
export const owner = {
  uid: process.getuid?.() || 65_534,
  gid: process.getuid?.() === 0 ? 65_534 : (process.getgid?.() ?? 0),
};

/** A file of that owner, as a run leaves it. */
export const fileOf = (text: string): EntryState => ({
  kind: 'file',
  sha256: digestOf(text),
  bytes: text.length,
  mode: 0o644,
  ...owner,
});

export const changed = (...changes: ChangedFolder['changes']): ChangedFolder => ({
  source: 'workspace:reports',
  target: '/reports',
  path: '',
  id: '',
  mode: 'cow',
  changes,
  refused: [],
  conflicts: [],
});

/** Everything in a folder in lines: kind, mode, and content or where a link leads. */
export function treeOf(folder: string): Record<string, string> {
  const lines: Record<string, string> = {};
  const look = (path: string): void => {
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
      const one = join(path, entry.name);
      const at = join(folder, one);
      if (entry.isSymbolicLink()) lines[one] = `link ${readlinkSync(at)}`;
      else if (entry.isDirectory())
        lines[one] = `folder ${(statSync(at).mode & 0o7777).toString(8)}`;
      else if (entry.isFile())
        lines[one] =
          `file ${(statSync(at).mode & 0o7777).toString(8)} ${readFileSync(at, 'latin1')}`;
      else lines[one] = 'other';
      if (entry.isDirectory()) look(one);
    }
  };
  look('');
  return lines;
}
