/** The settings of a run's egress proxy. */
import type { Duplex } from 'node:stream';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import type { EgressRules } from '../../skills-index/run/egress/egress-judge.ts';
import type { Gate } from '../../skills-index/run/holds/hold.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import type { LeakDetector } from '../secrets/leaks.ts';

export interface EgressSettings {
  /** The folder for the socket `proxy.sock`; the proxy creates it. */
  readonly folder: string;
  readonly rules: EgressRules;
  /** Returns the value of a secret that the rules name. */
  readonly reveal: (name: string) => string;
  readonly record: (event: AuditEvent) => void;
  /** The user whose forwarder may connect to the socket; defaults to the runner's user. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Called once, when the number of denied requests reaches its limit. */
  readonly onFlood?: () => void;
  /** Resolves a host name that host policy does not pin; defaults to this host's DNS. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** Further certificate authorities in PEM, besides the system's. */
  readonly authorities?: readonly string[];
  /** Services of the runner itself: a CONNECT to `name:port` reaches them instead of a host. */
  readonly services?: ReadonlyMap<string, (stream: Duplex) => void> | undefined;
  readonly gate?: Gate;
  /** Searches everything that leaves for secrets and the canary. */
  readonly leaks: LeakDetector;
  /** Takes an amount from the agent's budget; false when the budget has less left. */
  readonly spend?: ((kind: 'requests' | 'bytes', amount: number) => boolean) | undefined;
  /** Limits from the plan; they replace the defaults. */
  readonly caps?: Plan['egressLimits'];
}
