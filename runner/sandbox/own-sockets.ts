/**
 * Decides whether a run may open unix sockets. A run has its own network namespace, so abstract
 * names are its own. But a program can connect to each socket file that it sees. So a run may open
 * unix sockets only when it sees no folder in which a program of the host can listen. An overlay
 * and a copy have inodes of their own, and no program of the host listens on them (unix(7)).
 */
import { statSync } from 'node:fs';
import type { SandboxStart } from './sandbox.ts';

type Seen = Pick<SandboxStart, 'folders' | 'plan' | 'runFolder' | 'sources' | 'systemViews'>;

/** Returns why a run may open no unix socket; undefined where it may. */
export function whyNoUnixSockets({
  folders = [],
  plan,
  runFolder,
  sources,
  systemViews = new Map(),
}: Seen): string | undefined {
  const isOwn = (path: string): boolean =>
    [runFolder, ...systemViews.keys()].some((one) => `${path}/`.startsWith(`${one}/`)) ||
    statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  const shared =
    plan.mounts.find(({ path, target }) => (sources?.get(target) ?? path) === path) ??
    folders.find(({ isPlain, path }) => isPlain !== true && !isOwn(path));
  return shared && `programs of the host can listen in ${shared.target}, which is bound`;
}

/** Returns the line for the run's start entry in the audit log. */
export function unixSocketsNote(seen: Seen): string {
  return `unix sockets: ${whyNoUnixSockets(seen) ?? 'the run’s own'}`;
}
