/**
 * What `ownLocks` of host policy asks of a run: an overlay for each workspace that it names, or no
 * start.
 */
import { Problem } from '../../skill/problem.ts';

/**
 * @param made what could be overlaid, by path, or why nothing could
 * @throws Problem `mode-unsupported`
 */
export function requireOverlays(
  workspaces: ReadonlyMap<string, unknown>,
  made: { readonly views: ReadonlyMap<string, unknown> } | string,
): void {
  const bound = [...workspaces.keys()].find(
    (path) => typeof made === 'string' || !made.views.has(path),
  );
  if (bound === undefined) return;
  const why =
    typeof made === 'string'
      ? made
      : 'no overlay can be mounted there, or it would hide what is mounted in the folder';
  throw new Problem(
    'mode-unsupported',
    `Cannot give ${bound} locks of its own, as ownLocks of host policy says: ${why}`,
    {
      hint: 'take the workspace out of "ownLocks" in host.json, or run as root with bubblewrap on a folder without other mounts in it',
    },
  );
}
