/** The lines of a plan for one egress capability, under host policy. Pure. */

import { coversHost } from '../../network/host-name.ts';
import type { EgressCapability } from '../../skill/capability.ts';
import { parseEgressUrl } from '../../skill/egress-target.ts';
import type { HostPolicy } from './host-policy.ts';
import type { PlannedEgress } from './plan.ts';

/**
 * Returns the lines, or why no run can have the capability. The proxy opens and judges HTTPS,
 * except for hosts whose TLS the operator left closed. Plain HTTP is allowed only to hosts with a
 * pinned address.
 */
export function egressLines(
  { methods, url }: EgressCapability,
  { hosts, tunnels }: Pick<HostPolicy, 'hosts' | 'tunnels'>,
  why: string,
): readonly PlannedEgress[] | { readonly why: string } {
  const { scheme, host, port, path } = parseEgressUrl(url);
  const pinned = Object.fromEntries(
    Object.entries(hosts).filter(([name]) => coversHost(host, name)),
  );
  const names = Object.entries(pinned).map(([name, to]) => `${name} is ${to.address}:${to.port}`);
  if ((scheme !== 'https' && scheme !== 'http') || methods.includes('*'))
    return { why: 'a run may send only http and https requests with named methods' };
  if (scheme === 'http' && names.length === 0)
    return { why: `host policy pins no address for ${host}, and plain http needs one` };
  const line = { scheme, port, methods, path, pinned };
  const reasons = [why, ...names];
  const closed = scheme === 'https' ? tunnels.map((tunnel) => tunnel.split(':')) : [];
  const opaque = closed.flatMap(([name = '', at]) =>
    coversHost(host, name) && Number(at) === port ? [name] : [],
  );
  const lines = opaque.map((name): PlannedEgress => {
    const unseen = `host policy lists ${name}:${port} in tunnels, so the proxy checks neither method nor path`;
    return { ...line, host: name, mode: 'tunnel', reason: [...reasons, unseen].join('; ') };
  });
  if (opaque.includes(host)) return lines;
  return [...lines, { ...line, host, mode: 'intercept', reason: reasons.join('; ') }];
}
