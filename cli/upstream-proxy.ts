/** The proxy through which runs leave this host, as host policy and the environment name it. */
import { join } from 'node:path';
import type { UpstreamProxy } from '../runner/egress/settings.ts';
import { readHostPolicy } from '../runner/host/host-policy.ts';
import type { HostPolicy } from '../skills-index/run/plan/host-policy.ts';
import type { CommandContext } from './command.ts';

/** @param agent whose secrets come first */
export function proxyOpener(
  world: Pick<CommandContext, 'env' | 'paths'>,
  policy: HostPolicy,
  agent?: string,
): (() => Promise<UpstreamProxy>) | undefined {
  const { proxy } = policy;
  if (proxy === undefined) return undefined;
  return async () => {
    const { openProxy } = await import('../runner/upstream-proxy/upstream-proxy.ts');
    const { openSecrets } = await import('../runner/secret-sources/secret-store.ts');
    return await openProxy(policy, proxy, openSecrets(world, agent));
  };
}

/** The address that other programs take; empty where the environment names no proxy. */
export function environmentProxy({ env }: Pick<CommandContext, 'env'>): string {
  return env.https_proxy || env.HTTPS_PROXY || '';
}

/** Whether other programs of this host use a proxy, and runs do not. */
export function lacksProxy(context: Pick<CommandContext, 'env' | 'paths'>): boolean {
  return (
    environmentProxy(context) !== '' &&
    readHostPolicy(join(context.paths.config, 'host.json')).proxy === undefined
  );
}
