/**
 * Looks of a replay as the monitor and a witness take them, at the registry of a monitored world.
 */

import { makeMemory, type ReplayMemory } from '../../cli/monitor/memory.ts';
import { type Replay, replayOnce } from '../../cli/monitor/replay.ts';
import { MonitorFolder } from '../../cli/monitor/world.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Policy } from '../../skills-index/trust/policy/policy.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import type { Monitored } from './monitor-world.ts';
import { base } from './registry-users.ts';

export interface LookOptions {
  /** Left out, a process that has just started. */
  readonly memory?: ReplayMemory;
  readonly store?: ReturnType<typeof memoryStore>;
  readonly policy?: Policy;
  readonly sigstore?: unknown;
  /** Of the pinned root file, where the registry has another one by now. */
  readonly fingerprint?: Digest;
}

export async function replayLook(
  monitored: Monitored,
  folder: MonitorFolder,
  { memory = makeMemory(), store = memoryStore(), policy, sigstore, fingerprint }: LookOptions = {},
): Promise<Replay> {
  const { registry } = monitored.world;
  const { root } = registry;
  const source = { base, fetch: fetchOf(monitored), store };
  const trust = {
    root,
    policy: policy ?? registry.policy,
    sigstore,
    fingerprint: fingerprint ?? rootFingerprint(root),
  };
  return replayOnce({ ...trust, ...memory, source, folder, now: () => registry.now() });
}

/** Asks the registry of a monitored world, through its lie. */
export function fetchOf(monitored: Monitored): typeof globalThis.fetch {
  return async (input, init) => {
    const path = String(input).slice(base.length);
    return monitored.lie(path, await monitored.world.send(path, init as RequestInit));
  };
}

/** Codes of what a look found. */
export const found = ({ differences }: Replay): string[] => differences.map(({ code }) => code);

/** A folder whose process is killed at its n-th write. */
export class Dying extends MonitorFolder {
  left: number;

  constructor(path: string, writes: number) {
    super(path);
    this.left = writes;
  }

  #step(): void {
    if (this.left-- === 0) throw new Error('killed');
  }

  override async write(...given: Parameters<MonitorFolder['write']>): Promise<void> {
    this.#step();
    return super.write(...given);
  }

  override async keepWords(...given: Parameters<MonitorFolder['keepWords']>): Promise<void> {
    this.#step();
    return super.keepWords(...given);
  }

  override async keepAddresses(
    ...given: Parameters<MonitorFolder['keepAddresses']>
  ): Promise<void> {
    this.#step();
    return super.keepAddresses(...given);
  }
}
