/**
 * Leads connections to names through the proxy of host policy, by CONNECT. That proxy resolves the
 * name, so the runner judges only what the DNS of this host says of it.
 */
import { request as plainRequest } from 'node:http';
import { Agent, request as tlsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, createSecureContext, connect as tlsConnect } from 'node:tls';
import { coversHost } from '../../skills-index/network/host-name.ts';
import {
  type Denial,
  denialOfClient,
  denialOfFailure,
  denials,
} from '../../skills-index/run/egress/denial.ts';
import type { Authority } from '../../skills-index/run/egress/egress-judge.ts';
import type { HostPolicy, ProxyRule } from '../../skills-index/run/plan/host-policy.ts';
import type { Secrets } from '../egress/secrets.ts';
import type { UpstreamProxy } from '../egress/settings.ts';
import { systemAuthorities } from '../egress/upstream.ts';
import { readAuthorities } from '../host/host-policy.ts';

/** For the whole answer to CONNECT: a proxy may send a byte now and then. */
const connectSecondsMax = 30;

/** For the DNS of this host, which may be silent where only the proxy resolves names. */
const dnsMillisMax = 2_000;

/**
 * @param milliseconds for the answer to CONNECT
 * @throws Problem `secret-refused`, `keychain-missing` when the login cannot be read
 */
export async function openProxy(
  policy: HostPolicy,
  { except = [], secret, url }: ProxyRule,
  { reveal }: Pick<Secrets, 'reveal'>,
  milliseconds = connectSecondsMax * 1_000,
): Promise<UpstreamProxy> {
  const { hostname, port, protocol } = new URL(url);
  const isTls = protocol === 'https:';
  const login = secret === undefined ? undefined : Buffer.from((await reveal(secret)).value);
  const secureContext = createSecureContext({
    ca: [...systemAuthorities(), ...readAuthorities(policy)],
  });
  const askFor = isTls ? tlsRequest : plainRequest;
  const host = hostname.replace(/^\[|\]$/g, '');
  const at = {
    method: 'CONNECT',
    host,
    // Node would take the name in the Host header, which is that of the host behind the proxy.
    servername: isIP(host) === 0 ? host : '',
    port: port || (isTls ? 443 : 80),
    agent: false,
    secureContext,
  };
  return (agentOptions, judge) => {
    const closed = new AbortController();
    const connect = async (to: Authority): Promise<Socket> => {
      // A private address is no place for a run, whoever resolves the name.
      const judged = judge(to.host).catch((cause) => {
        if (cause.syscall !== 'getaddrinfo') throw cause;
      });
      await Promise.race([judged, sleep(dnsMillisMax, undefined, { ref: false })]);
      const path = `${to.host}:${to.port}`;
      const headers = {
        Host: path,
        ...(login && { 'Proxy-Authorization': `Basic ${login.toString('base64')}` }),
      };
      const signal = AbortSignal.any([closed.signal, AbortSignal.timeout(milliseconds)]);
      return await new Promise((resolve, reject) => {
        const fail = (code: Denial): void =>
          reject(Object.assign(new Error(denials[code].means), { code }));
        askFor({ ...at, path, headers, signal })
          .on('connect', ({ statusCode = 0 }, socket, head) => {
            // Without a listener, an error of the connection would end the runner.
            socket.on('error', () => socket.destroy());
            const why = whyNoTunnel(statusCode, head);
            if (why === undefined) return resolve(socket);
            socket.destroy();
            fail(why);
          })
          .on('error', (cause) => fail(denialOfProxy(cause)))
          .end();
      });
    };
    const agent = new Agent(agentOptions);
    agent.createConnection = (options, done) => {
      connect({ host: options.host ?? '', port: Number(options.port) }).then(
        // TLS to the host itself, inside the tunnel.
        (socket) =>
          done?.(null, tlsConnect({ ...options, secureContext, socket } as ConnectionOptions)),
        (cause) => done?.(cause, undefined as never),
      );
      return undefined;
    };
    return {
      wayTo: (host) =>
        except.some((one) => coversHost(one, host)) ? undefined : { agent, connect },
      close: () => {
        closed.abort();
        agent.destroy();
      },
    };
  };
}

// A host behind the tunnel says nothing before the client does, so early bytes are the proxy's own.
function whyNoTunnel(status: number, head: Buffer): Denial | undefined {
  if (status === 200 && head.length === 0) return undefined;
  if (status === 403) return 'proxy-denied';
  // Tinyproxy says 401.
  if (status === 401 || status === 407) return 'proxy-login';
  return status >= 500 ? 'unreachable' : 'proxy-malformed';
}

function denialOfProxy(cause: Error): Denial {
  const why = denialOfFailure(cause);
  if (why === 'answer-malformed') return 'proxy-malformed';
  const isTls = denialOfClient(String('code' in cause && cause.code)) === 'tls-failed';
  return isTls || why === 'certificate-denied' ? 'proxy-tls' : 'proxy-unreachable';
}
