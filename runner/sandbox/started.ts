/**
 * The handshake between the runner and the shell in the sandbox. The shell reports that the sandbox
 * is complete, then the runner tells the shell to start the command.
 */

import { existsSync, statSync } from 'node:fs';
import { PassThrough, type Readable } from 'node:stream';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { SandboxStart } from './sandbox.ts';

export const startSecondsMax = 20;

const withoutSandbox =
  'scan, publish, review, install and verify work without it; nothing runs without it';

/** The line from the runner that the shell waits for before the shell becomes the command. */
export const goAhead = 'go\n';

/**
 * Waits until the shell reports that the sandbox started. Text on stderr before the report comes
 * from the backend or the prelude; later text comes from the command.
 * @throws Problem `sandbox-refused` with the earlier text, or when the report does not arrive in
 * time
 */
export function untilStarted(source: Readable, started: string): Promise<Readable> {
  const stderr = new PassThrough();
  let before = '';
  return new Promise((resolve, reject) => {
    const onEnd = (): void => {
      reject(notStarted(`The sandbox did not start: ${before.trim() || 'it printed nothing'}`));
    };
    const late = setTimeout(onEnd, startSecondsMax * 1000);
    const onData = (chunk: Buffer): void => {
      before += chunk.toString('latin1');
      const at = before.indexOf(`${started}\n`);
      if (at < 0) return;
      clearTimeout(late);
      source.off('data', onData).off('end', onEnd);
      stderr.write(Buffer.from(before.slice(at + started.length + 1), 'latin1'));
      source.pipe(stderr);
      resolve(stderr);
    };
    source
      .on('data', onData)
      .on('end', onEnd)
      .on('end', () => clearTimeout(late));
  });
}

/** The refusal of a sandbox, with what to change in a container. */
export function notStarted(message: string, cause?: unknown): Problem {
  const start = containerStart();
  const hint = start === undefined ? {} : { hint: `${start}; ${withoutSandbox}` };
  return new Problem('sandbox-refused', message, { cause, ...hint });
}

// A sandbox needs namespaces and a /proc of its own, which the usual profiles of containers forbid.

const unconfined =
  '--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined';

/**
 * What to change in the start of the container that this process is in; undefined outside of one.
 */
export function containerStart(
  env: Readonly<Record<string, string | undefined>> = process.env,
  exists: (path: string) => boolean = existsSync,
): string | undefined {
  if (env.KUBERNETES_SERVICE_HOST !== undefined)
    return 'in the pod: hostUsers: false; in securityContext of the container: procMount: Unmasked, seccompProfile: {type: Unconfined}, appArmorProfile: {type: Unconfined}';
  const isContainer = exists('/.dockerenv');
  if (env.GITHUB_ACTIONS === 'true' && isContainer)
    return `in the job: container: {options: "${unconfined}"}, or a job without a container`;
  if (exists('/run/.containerenv'))
    return 'podman run --security-opt seccomp=unconfined --security-opt unmask=ALL …';
  return isContainer ? `docker run ${unconfined} …` : undefined;
}

// Decides whether a run may open unix sockets. A run has its own network namespace, so abstract
// names are its own. But a program can connect to each socket file that it sees. So a run may open
// unix sockets only when it sees no folder in which a program of the host can listen. An overlay
// and a copy have inodes of their own, and no program of the host listens on them (unix(7)).

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
