/** The addresses of one registry. */
import type { RegistryConfig } from './context.ts';

/**
 * One registry has several addresses on its own machine. A signer has pinned or typed any of them.
 */
export function ownBases({ base, localBases = [] }: RegistryConfig): ReadonlySet<string> {
  return new Set([base, ...localBases]);
}
