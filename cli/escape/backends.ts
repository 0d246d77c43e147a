/** The sandboxes that the escape suite tries on this host. */
import type { Sandbox } from '../../runner/sandbox.ts';
import { bubblewrap } from '../../runner/sandboxes/bubblewrap.ts';
import { Problem } from '../../skills-index/skill/problem.ts';

const backends: Readonly<Record<string, () => Sandbox>> = { bubblewrap };

/** @throws Problem `usage` for a name that none has */
export function escapeSandboxes(name: string | undefined): readonly Sandbox[] {
  if (name === undefined) return Object.values(backends).map((make) => make());
  const make = Object.hasOwn(backends, name) ? backends[name] : undefined;
  if (make !== undefined) return [make()];
  throw new Problem('usage', `There is no backend ${name}`, { hint: `One of ${Object.keys(backends).join(', ')}` });
}
