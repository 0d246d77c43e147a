/**
 * Enforces `ownLocks` of host policy: a run gets an overlay for each workspace in `ownLocks`, or
 * the run does not start.
 */
import { Problem } from '../../skill/problem.ts';

/**
 * @param made the overlays by path, or the reason why no overlay could be made
 * @throws Problem `mode-unsupported` when a workspace has no overlay
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
      : 'no overlay can be mounted over the folder, or the overlay would hide another mount in the folder';
  throw new Problem(
    'mode-unsupported',
    `Cannot mount an overlay on ${bound}, which ownLocks of host policy demands: ${why}`,
    {
      hint: 'remove the workspace from "ownLocks" in host.json, or run with bubblewrap, on Linux 5.11 or later, on a folder without other mounts in it',
    },
  );
}

/**
 * Parses the mount points in Linux's mountinfo (proc(5)). The file is UTF-8, in which spaces and
 * line breaks are octal escapes such as `\040`.
 * @param mountinfo the file's content
 */
export function parseMountPoints(mountinfo: Uint8Array): string[] {
  const point = (line: string): string =>
    (line.split(' ')[4] ?? '').replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
  return Buffer.from(mountinfo)
    .toString('latin1')
    .split('\n')
    .map((line) => Buffer.from(point(line), 'latin1').toString('utf8'));
}
