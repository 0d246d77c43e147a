/**
 * What the start line of a run says of the folders that it shares with the host: which are bound,
 * and so have locks and watches in common.
 */

export interface SeenFolders {
  /** Folders of libraries and programs. */
  readonly system: readonly string[];
  readonly mounts: readonly { readonly path: string; readonly target: string }[];
  /** What is bound for a mount instead of its own path, by target. */
  readonly sources?: ReadonlyMap<string, string> | undefined;
  /** Where folders of the system are bound from instead of their own paths. */
  readonly systemViews?: ReadonlyMap<string, string> | undefined;
}

/** A line for the system's folders, and one for each mount. */
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
