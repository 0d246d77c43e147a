import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import type { RunAuthority } from '../../skills-index/run/egress/certificate.ts';
import type { Tunnel } from '../../skills-index/run/egress/egress-judge.ts';
import type { Redaction } from '../../skills-index/run/leaks/redaction.ts';
import type { Accounts } from './accounts.ts';
import type { EgressSettings } from './settings.ts';
import type { Upstream } from './upstream.ts';

/** The state that all parts of the egress proxy share. */
export interface Traffic extends EgressSettings {
  readonly accounts: Accounts;
  readonly upstream: Upstream;
  /** Replaces secrets in responses. */
  readonly redaction: Redaction;
  readonly authority: RunAuthority | undefined;
  /** TLS contexts with the certificates made for this run, by host. */
  readonly contexts: Map<string, SecureContext>;
  /** The destination of the CONNECT request on a socket. */
  readonly tunnels: WeakMap<Duplex, Tunnel>;
  /** Sockets with a request that has no response yet. */
  readonly busy: WeakSet<Duplex>;
  /** Ends the run after an error that the proxy cannot handle safely. */
  fail(): void;
}
