/** The settings of a run's egress proxy. */
import type { RequestOptions, ServerResponse } from 'node:http';
import type { Agent, AgentOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import type { Denial } from '../../skills-index/run/egress/denial.ts';
import type {
  Allowed,
  Authority,
  EgressRules,
  Tunnel,
} from '../../skills-index/run/egress/egress-judge.ts';
import type { Gate } from '../../skills-index/run/holds/hold.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import type { LeakDetector } from './leaks.ts';
import type { SecretValues } from './secrets.ts';

/** The ways of the proxy that an answerer may use. */
export interface AnswerTools {
  /** Returns the options with which `request` of node:http reaches a host as the proxy does. */
  readonly optionsFor: (to: Tunnel & Pick<Allowed, 'pinned'>) => RequestOptions;
  /** Counts received bytes against the agent's budget. */
  readonly countReceived: (bytes: number) => Denial | undefined;
  readonly record: (event: AuditEvent) => void;
}

/** Answers an allowed request, or returns why the proxy denies the request. */
export type Answerer = (
  request: { readonly decision: Allowed; readonly method: string },
  tools: AnswerTools,
  response: ServerResponse,
) => Promise<Denial | undefined>;

/** The way to a host through the proxy of host policy. */
export interface ProxyWay {
  readonly agent: Agent;
  /** @throws an error whose `code` is a `Denial` */
  readonly connect: (to: Authority) => Promise<Socket>;
}

/**
 * Opens the ways through the proxy of host policy.
 * @param judge rejects when a name must not be reached, and when this host cannot resolve the name
 */
export type UpstreamProxy = (
  options: AgentOptions,
  judge: (host: string) => Promise<unknown>,
) => {
  /** Returns undefined for a host that host policy excepts. */
  readonly wayTo: (host: string) => ProxyWay | undefined;
  readonly close: () => void;
};

export interface EgressSettings extends SecretValues {
  /** The folder for the proxy's socket `proxy.sock`. The proxy creates the folder. */
  readonly folder: string;
  readonly rules: EgressRules;
  readonly record: (event: AuditEvent) => void;
  /** Called once, when the number of denied requests reaches its limit. */
  readonly onFlood?: () => void;
  /** Resolves a host name that host policy does not pin; by default with this host's DNS. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** Further certificate authorities in PEM, besides the system's. */
  readonly authorities?: readonly string[];
  /** The proxy of host policy; absent where connections leave this host directly. */
  readonly proxy?: UpstreamProxy | undefined;
  /**
   * Services of the runner itself. A CONNECT request to `name:port` reaches the service of that
   * name instead of a host.
   */
  readonly services?: ReadonlyMap<string, (stream: Duplex) => void> | undefined;
  /**
   * Functions that answer allowed requests to `name:port` instead of the host itself, such as the
   * runner's reading of a package index.
   */
  readonly answers?: ReadonlyMap<string, Answerer> | undefined;
  readonly gate?: Gate;
  /** Searches every byte that leaves the sandbox for secrets and the canary. */
  readonly leaks: LeakDetector;
  /** Takes an amount from the agent's budget. Returns false when less than the amount is left. */
  readonly spend?: ((kind: 'requests' | 'bytes', amount: number) => boolean) | undefined;
  /** Egress limits from the plan, which replace the default limits. */
  readonly caps?: Plan['egressLimits'];
}
