/** Opens one port of the registry, and explains a port that cannot be opened. */
import type { Server } from 'node:net';
import { Problem } from '../../skills-index/skill/problem.ts';

export interface PortAddress {
  /** The host name or address to listen on. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** The option that names the port: `--port`. */
  readonly option: string;
}

/**
 * Listens on a port.
 * @returns the port, which the system chose when `port` is 0
 * @throws Problem `port-taken`, `usage` for an address or port that this process cannot open
 */
export function listen(server: Server, address: PortAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(portProblem(cause, address)));
    server.listen(address.port, address.host, () => {
      const open = server.address();
      resolve(typeof open === 'object' && open !== null ? open.port : address.port);
    });
  });
}

function portProblem(cause: NodeJS.ErrnoException, { host, port, option }: PortAddress): unknown {
  const where = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  switch (cause.code) {
    case 'EADDRINUSE':
      return new Problem('port-taken', `Cannot listen on ${where}: another program listens there`, {
        cause,
        hint: `Stop the other program (ss -ltnp shows the programs that listen), or choose another port: ${option} N.`,
      });
    // Linux reserves the ports below 1024 for root and for programs with a capability.
    case 'EACCES':
      return new Problem(
        'usage',
        `Cannot listen on ${where}: this user may not open port ${port}`,
        {
          cause,
          hint: `Choose a port from 1024 on (${option} N) behind a proxy, or give the service the capability CAP_NET_BIND_SERVICE, as docs/serving/skillgate.service shows.`,
        },
      );
    case 'EADDRNOTAVAIL':
      return new Problem('usage', `Cannot listen on ${where}: this machine has no such address`, {
        cause,
        hint: 'Give --host an address of this machine (ip address lists the addresses). --host 0.0.0.0 means all IPv4 addresses of this machine.',
      });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Problem('usage', `Cannot listen on ${where}: the name ${host} has no address`, {
        cause,
        hint: 'Give --host an address of this machine, or localhost. The host name that people type belongs to --url.',
      });
    default:
      return cause;
  }
}
