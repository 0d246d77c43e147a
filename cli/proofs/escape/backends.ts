/** The sandboxes that the escape suite tries on this host. */

import * as backends from '../../../runner/backends/public.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

export interface EscapeBackends {
  readonly sandboxes: readonly backends.Sandbox[];
  /** Backends that cannot start on this host, with the reason. */
  readonly missing: readonly { readonly name: string; readonly why: string }[];
}

/**
 * All backends of this host, or the named one.
 * @throws Problem `usage` for an unknown name, `sandbox-missing` for a backend that cannot start
 */
export function escapeBackends(name: string | undefined): EscapeBackends {
  const all = backends.findBackends();
  const found = all.filter((backend) => name === undefined || backend.name === name);
  if (found.length === 0)
    throw new Problem('usage', `There is no backend ${name}`, {
      hint: `Use one of: ${all.map((backend) => backend.name).join(', ')}`,
    });
  const sandboxes = found.flatMap((backend) => ('sandbox' in backend ? [backend.sandbox] : []));
  const missing = found.flatMap((backend) => ('why' in backend ? [backend] : []));
  const [first] = missing;
  if (sandboxes.length === 0 && first !== undefined)
    throw new Problem('sandbox-missing', `${first.name}: ${first.why}`);
  return { sandboxes, missing };
}
