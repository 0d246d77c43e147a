/** What the egress proxy of a run is given. */
import type { Duplex } from 'node:stream';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import type { EgressRules } from '../../skills-index/run/egress/egress-judge.ts';
import type { Gate } from '../../skills-index/run/holds/hold.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import type { LeakDetector } from '../secrets/leaks.ts';

export interface EgressSettings {
  /** Made here, for the socket `proxy.sock`. */
  readonly folder: string;
  readonly rules: EgressRules;
  /** The value behind each secret of the rules. */
  readonly reveal: (name: string) => string;
  readonly record: (event: AuditEvent) => void;
  /** Whose forwarder reaches the socket; the runner's own user where it is absent. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Called once, when the run was denied as often as it may be. */
  readonly onFlood?: () => void;
  /** Addresses of a name that is not pinned; this host's DNS where it is absent. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** PEM texts of authorities beside the system's. */
  readonly authorities?: readonly string[];
  /** A CONNECT to `name:port` that ends here, in the runner. */
  readonly services?: ReadonlyMap<string, (stream: Duplex) => void> | undefined;
  readonly gate?: Gate;
  /** Sees all that leaves. */
  readonly leaks: LeakDetector;
  /** Takes from the agent's budget; false when there is no more. */
  readonly spend?: ((kind: 'requests' | 'bytes', amount: number) => boolean) | undefined;
  /** The plan's caps where they are less than ours. */
  readonly caps?: Plan['egressLimits'];
}
