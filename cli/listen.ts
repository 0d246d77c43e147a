/** Where a server of this host listens. */
import type { Server } from 'node:http';
import { Problem } from '../skills-index/skill/problem.ts';
import type { OptionValue } from './command.ts';

export interface ListenAddress {
  /** A host name or IP address, without brackets. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
}

/**
 * Parses the option `--listen`.
 * @throws Problem `usage`
 */
export function parseListen(option: OptionValue, byDefault: string): ListenAddress {
  const [, host = '', port = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(String(option ?? byDefault)) ?? [];
  const number = Number(port);
  if (port === '' || number > 65_535)
    throw new Problem('usage', `Cannot listen on ${JSON.stringify(option)}: it is not HOST:PORT`, {
      hint: 'HOST:PORT',
    });
  return { host: host === '' ? 'localhost' : host.replace(/^\[(.*)\]$/, '$1'), port: number };
}

/**
 * Listens.
 * @returns the address of the server, without a slash at the end
 * @throws Problem `port-taken`
 */
export async function listen(server: Server, { host, port }: ListenAddress): Promise<string> {
  const taken = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  }).catch((cause: unknown) => throwPortProblem({ host, port }, cause));
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
}

function throwPortProblem({ host, port }: ListenAddress, cause: unknown): never {
  if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'EADDRINUSE') throw cause;
  throw new Problem(
    'port-taken',
    `Cannot listen on ${host}:${port}: another program listens there`,
    {
      hint: `choose another port: --listen ${host}:${port + 1}, or --listen ${host}:0 for any free port`,
      cause,
    },
  );
}
