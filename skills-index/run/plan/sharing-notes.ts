/**
 * Describes which folders a run shares with the host, for the run's start entry in the audit log. A
 * bound folder has its file locks and watches in common with the host.
 */

export interface SeenFolders {
  /** Folders of libraries and programs that the sandbox binds. */
  readonly system: readonly string[];
  readonly mounts: readonly { readonly path: string; readonly target: string }[];
  /** The folder that the sandbox binds instead of the mount's own path, by mount target. */
  readonly sources?: ReadonlyMap<string, string> | undefined;
  /** The folder that the sandbox binds instead of a system folder, by the system folder's path. */
  readonly systemViews?: ReadonlyMap<string, string> | undefined;
}

/** Returns one line for all system folders, and one line for each mount. */
export function sharingNotes({
  system,
  mounts,
  sources,
  systemViews = new Map(),
}: SeenFolders): string[] {
  const isOverlaid = (path: string): boolean =>
    [...systemViews.keys()].some((one) => `${path}/`.startsWith(`${one}/`));
  const bound = [...new Set(system.filter((path) => !isOverlaid(path)))].sort();
  return [
    `folders of the system: ${bound.length === 0 ? overlaid : `${shared}: ${bound.join(', ')}`}`,
    ...mounts.map(
      ({ path, target }) =>
        `mount ${target}: ${(sources?.get(target) ?? path) === path ? shared : own}`,
    ),
  ];
}

const overlaid = 'overlays, whose locks and watches are the run’s own';
const own = 'a view, whose locks and watches are the run’s own';
const shared = 'bound, so locks and watches are shared with the host';
