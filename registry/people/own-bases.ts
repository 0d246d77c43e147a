/** The addresses by which one registry is reached. */
import type { RegistryConfig } from '../context.ts';

/**
 * One registry has several addresses on its own machine, and whoever signs for it has pinned or
 * typed one of them.
 */
export function ownBases({ base, hosts }: RegistryConfig): ReadonlySet<string> {
  const { protocol } = new URL(base);
  return new Set([base, ...hosts.map((host) => `${protocol}//${host}`)]);
}
