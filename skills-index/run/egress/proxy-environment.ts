/**
 * The environment variables and addresses by which a program in a sandbox finds the proxy, the
 * trusted certificate authorities, and hosts over plain TCP. Pure.
 */
import type { PlannedEgress } from '../plan/plan.ts';

/**
 * The path of the file with the trusted authorities in the sandbox. Debian uses this path, and most
 * programs look at this path by default.
 */
export const bundlePath = '/etc/ssl/certs/ca-certificates.crt';

// Variables that name the file with trusted authorities, in this order: OpenSSL, Go and Python's
// ssl; Node; requests; curl; git; the AWS tools; pip; cargo; Deno.
const bundleNames =
  'SSL_CERT_FILE NODE_EXTRA_CA_CERTS REQUESTS_CA_BUNDLE CURL_CA_BUNDLE GIT_SSL_CAINFO AWS_CA_BUNDLE PIP_CERT CARGO_HTTP_CAINFO DENO_CERT GRPC_DEFAULT_SSL_ROOTS_FILE_PATH';

// A program may start a server of its own and call the server over loopback. Such calls bypass the
// proxy. The loopback of a sandbox is separate from the host's loopback.
// httpx starts with no `[::1]` here, although urllib takes it only so.
const ownHosts = 'localhost,127.0.0.1,::1';

/** @param hasBundle whether a file exists at `bundlePath` */
export function proxyEnvironment(
  port: number,
  hasBundle: boolean,
): Readonly<Record<string, string>> {
  const proxy = `http://127.0.0.1:${port}`;
  const bundle = hasBundle ? bundleNames.split(' ').map((name) => [name, bundlePath] as const) : [];
  return {
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    http_proxy: proxy,
    https_proxy: proxy,
    NODE_USE_ENV_PROXY: '1',
    NO_PROXY: ownHosts,
    no_proxy: ownHosts,
    ...Object.fromEntries(bundle),
  };
}

/** A host and port that a sandbox reaches over plain TCP, at a loopback address of its own. */
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
