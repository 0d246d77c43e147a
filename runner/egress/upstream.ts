/**
 * Connects the egress proxy to hosts outside. Each connection resolves its host name once and goes
 * to the judged address, or through the proxy of host policy. Only a pin in host policy leads to a
 * private address. Connections verify TLS against the system's certificate authorities, and stay
 * alive for the run.
 */
import { lookup as lookupName } from 'node:dns/promises';
import { once } from 'node:events';
import { Agent as HttpAgent, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import {
  type ConnectionOptions,
  connect as connectTls,
  createSecureContext,
  getCACertificates,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import {
  type Allowed,
  type Tunnel,
  whyNotOutside,
} from '../../skills-index/run/egress/egress-judge.ts';
import type { PinnedAddress } from '../../skills-index/run/plan/plan.ts';
import { egressConnectionsMax } from '../bubblewrap/bubblewrap.ts';
import type { EgressSettings, ProxyWay } from './settings.ts';

export const egressIdleSecondsMax = 30;

type Destination = Tunnel & Pick<Allowed, 'pinned'>;

export interface Upstream {
  /** Returns the options for `request` of node:http. */
  optionsFor(to: Destination): RequestOptions;
  /** Returns the options for TLS to a host, with the authorities that the run trusts. */
  tlsTo(host: string): ConnectionOptions;
  /** Opens a plain TCP connection. */
  connect(to: Pick<Destination, 'host' | 'pinned' | 'port'>): Promise<Socket>;
  close(): void;
}

export function openUpstream({
  authorities = [],
  proxy,
  resolve = resolveName,
  rules,
}: Pick<EgressSettings, 'authorities' | 'proxy' | 'resolve' | 'rules'>): Upstream {
  const pins = new Map(
    [...rules.egress.map(({ pinned }) => pinned), rules.asks ?? {}].flatMap(
      Object.entries<PinnedAddress>,
    ),
  );
  const judged = async (host: string): Promise<readonly string[]> => {
    const pin = pins.get(host);
    if (pin !== undefined) return [pin.address];
    const addresses = await resolve(host);
    const denied = whyNotOutside(addresses, ownAddresses());
    if (denied !== undefined)
      throw Object.assign(new Error(`${host} is not outside`), { code: denied });
    return addresses;
  };
  // With `autoSelectFamily`, Node asks for all addresses.
  const lookup: LookupFunction = (host, _, done) => {
    judged(host).then(
      (addresses) =>
        done(
          null,
          addresses.map((address) => ({ address, family: isIP(address) })),
        ),
      (cause) => done(cause, ''),
    );
  };
  const agentOptions = {
    autoSelectFamily: true,
    keepAlive: true,
    lookup,
    maxSockets: egressConnectionsMax,
    timeout: egressIdleSecondsMax * 1000,
  };
  const agents = {
    http: new HttpAgent(agentOptions),
    https: new HttpsAgent({ ...agentOptions, rejectUnauthorized: true }),
  };
  const proxied = proxy?.(agentOptions, judged);
  const wayTo = (host: string): ProxyWay | undefined =>
    pins.has(host) ? undefined : proxied?.wayTo(host);
  let roots: SecureContext | undefined;
  const tlsTo = (host: string): ConnectionOptions => {
    roots ??= createSecureContext({ ca: [...systemAuthorities(), ...authorities] });
    return { servername: host, secureContext: roots };
  };
  return {
    optionsFor: ({ scheme, host, pinned, port }) => {
      const options = {
        agent: wayTo(host)?.agent ?? agents[scheme],
        protocol: `${scheme}:`,
        host,
        port: pinned?.port ?? port,
        setHost: false,
      };
      if (scheme === 'http') return options;
      return Object.assign(options, tlsTo(host));
    },
    tlsTo,
    connect: async ({ host, pinned, port }) => {
      const way = wayTo(host);
      if (way !== undefined) return way.connect({ host, port });
      const socket = connect({ autoSelectFamily: true, host, port: pinned?.port ?? port, lookup });
      // TLS over a socket that still tries its addresses ends the process (a fault of Node).
      await once(socket, 'connect', {
        signal: AbortSignal.timeout(egressIdleSecondsMax * 1000),
      }).catch((cause) => {
        socket.destroy();
        throw cause;
      });
      return socket;
    },
    close: () => {
      proxied?.close();
      Object.values(agents).forEach((agent) => void agent.destroy());
    },
  };
}

/**
 * Speaks TLS to a host over a connection, and verifies the host's certificate.
 * @throws Error with Node's code for what is wrong with the certificate; late answers
 */
export async function secureTo(
  { upstream }: { readonly upstream: Upstream },
  { host }: { readonly host: string },
  ALPNProtocols: string[],
  socket: Socket,
): Promise<TLSSocket> {
  const secure = connectTls({ ...upstream.tlsTo(host), ALPNProtocols, socket });
  const late = AbortSignal.timeout(egressIdleSecondsMax * 1000);
  await once(secure, 'secureConnect', { signal: late }).catch((cause) => {
    secure.destroy();
    throw cause;
  });
  return secure;
}

// The trailing dot turns off the search list of resolv.conf(5), so DNS resolves exactly this name.
async function resolveName(host: string): Promise<readonly string[]> {
  return (await lookupName(`${host}.`, { all: true })).map(({ address }) => address);
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flat()
    .flatMap((one) => one?.address ?? []);
}

/**
 * Returns the system's certificate authorities in PEM, or Node's bundled list where the system has
 * none.
 */
export function systemAuthorities(): readonly string[] {
  const system = getCACertificates('system');
  return system.length > 0 ? system : getCACertificates('bundled');
}
