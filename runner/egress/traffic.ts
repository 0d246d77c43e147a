import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import type { RunAuthority } from '../../skills-index/run/egress/certificate.ts';
import type { Tunnel } from '../../skills-index/run/egress/egress-judge.ts';
import type { Redaction } from '../../skills-index/run/leaks/redaction.ts';
import type { Accounts } from './accounts.ts';
import type { EgressSettings } from './settings.ts';
import type { Upstream } from './upstream.ts';

/** What all parts of the proxy share. */
export interface Traffic extends EgressSettings {
  readonly accounts: Accounts;
  readonly upstream: Upstream;
  /** What answers must not give back; made when it is first needed. */
  readonly redaction: () => Redaction;
  readonly authority: RunAuthority | undefined;
  /** Of the leaves by host. */
  readonly contexts: Map<string, SecureContext>;
  /** Where the CONNECT of a socket leads. */
  readonly tunnels: WeakMap<Duplex, Tunnel>;
  /** Sockets with a request that is not answered yet. */
  readonly busy: WeakSet<Duplex>;
  /** Ends the run: what cannot be told or done right is not done. */
  fail(): void;
}
