/** The hosts and ports that a sandbox reaches over plain TCP, at loopback addresses of its own. */
import type { PlannedEgress } from '../plan/plan.ts';

export interface TcpDestination {
  readonly host: string;
  readonly port: number;
  /** The address in the sandbox to which `/etc/hosts` leads the host's name. */
  readonly address: string;
}

export function tcpDestinations(egress: readonly PlannedEgress[] = []): TcpDestination[] {
  const lines = egress.filter(({ scheme }) => scheme === 'tcp');
  const hosts = [...new Set(lines.map(({ host }) => host))];
  return lines.map(({ host, port }) => ({
    host,
    port,
    address: `127.0.1.${hosts.indexOf(host) + 1}`,
  }));
}
