/** The sandboxes that the escape suite tries on this host. */

import { findBackends } from '../../../runner/backends/backends.ts';
import type { Sandbox } from '../../../runner/sandboxes/sandbox.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

export interface EscapeBackends {
  readonly sandboxes: readonly Sandbox[];
  /** Those that cannot start here, and why. */
  readonly missing: readonly { readonly name: string; readonly why: string }[];
}

/**
 * All that this host has, or the one of a name.
 * @throws Problem `usage` for a name that none has, `sandbox-missing` for one that cannot start
 * here
 */
export function escapeBackends(name: string | undefined): EscapeBackends {
  const all = findBackends();
  const found = all.filter((one) => name === undefined || one.name === name);
  if (found.length === 0)
    throw new Problem('usage', `There is no backend ${name}`, {
      hint: `One of ${all.map((one) => one.name).join(', ')}`,
    });
  const sandboxes = found.flatMap((one) => ('sandbox' in one ? [one.sandbox] : []));
  const missing = found.flatMap((one) => ('why' in one ? [one] : []));
  const [first] = missing;
  if (sandboxes.length === 0 && first !== undefined)
    throw new Problem('sandbox-missing', `${first.name}: ${first.why}`);
  return { sandboxes, missing };
}
