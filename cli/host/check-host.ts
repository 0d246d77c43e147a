/**
 * What this host can enforce, tried: a sandbox with nothing in it is started, so that its checks
 * are made; for `skill doctor`.
 */

import * as backends from '../../runner/backends/public.ts';
import * as host from '../../runner/host/public.ts';
import * as runs from '../../runner/run/public.ts';
import { processesMax, runSizes } from '../../skills-index/run/limits.ts';
import { type HostPolicy, requirements } from '../../skills-index/run/plan/host-policy.ts';

/** One line of `skill doctor`. */
export interface HostRow {
  readonly name: string;
  readonly holds: boolean;
  readonly detail: string;
  /** What installs or starts it. */
  readonly type?: string;
}

type Wanted = Pick<HostPolicy, 'backend'>;

/**
 * What this host can enforce: the checks of a start, tried now, and what host policy may require;
 * for `skill doctor`.
 */
export async function probeHost({ backend }: Wanted): Promise<readonly HostRow[]> {
  const found = backends.findBackend(backend);
  if ('why' in found) {
    const type = found.type === undefined ? {} : { type: found.type };
    const where = found.elsewhere === undefined ? '' : `. ${found.elsewhere}`;
    const detail = `host policy wants ${backend}: ${found.why}${where}`;
    return [{ name: 'a sandbox starts', holds: false, detail, ...type }];
  }
  const { sandbox } = found;
  const why = await whyNoSandbox(sandbox);
  const given = requirements.map((name) => ({
    name,
    holds: sandbox.gives.includes(name),
    detail: 'host policy may require it',
  }));
  if (why !== undefined) return [{ name: 'a sandbox starts', holds: false, detail: why }, ...given];
  return [
    ...sandbox.checks.map((name) => ({ name, holds: true, detail: `started in ${sandbox.name}` })),
    ...given,
  ];
}

/** Each backend: what it can enforce, or why it is not here and the line to type. */
export function backendRows(
  wanted: Wanted,
  found: readonly backends.FoundBackend[] = backends.findBackends(),
): readonly HostRow[] {
  return found.map((one) => {
    const name = `backend ${one.name}`;
    const taken = one.name === wanted.backend ? 'used for runs; ' : '';
    if ('sandbox' in one) {
      const { gives } = one.sandbox;
      const lacks = requirements.filter((requirement) => !gives.includes(requirement));
      const without = lacks.length === 0 ? '' : `; not: ${lacks.join(', ')}`;
      return { name, holds: true, detail: `${taken}can enforce ${gives.join(', ')}${without}` };
    }
    return {
      name,
      holds: false,
      detail: `${taken}${one.why}`,
      ...(one.type === undefined ? {} : { type: one.type }),
    };
  });
}

/** Why it does not hold on this host; undefined when it does. */
async function whyNoSandbox(sandbox: backends.Sandbox): Promise<string | undefined> {
  const nobody = 65_534;
  const plan: backends.SandboxPlan = {
    programs: [{ program: 'sh', path: host.findProgram('sh') ?? '' }],
    limits: {
      seconds: backends.startSecondsMax,
      memoryMiB: 64,
      outputBytes: 1_000,
      processes: processesMax,
      ...runSizes,
    },
    mounts: [],
    workingDirectory: '/tmp',
    uid: process.getuid?.() || nobody,
    gid: process.getgid?.() || nobody,
  };
  const command = ['/usr/bin/sh', '-c', 'exit 0'];
  return runs.withRunFolder(async (runFolder) => {
    try {
      const running = await sandbox.start({
        plan,
        files: [],
        command,
        env: {},
        pins: new Map(),
        runFolder,
      });
      running.stdin.end();
      const { code } = await running.ended;
      return code === 0 ? undefined : `a command in it ended with ${code}`;
    } catch (cause) {
      return (cause as Error).message;
    }
  });
}
