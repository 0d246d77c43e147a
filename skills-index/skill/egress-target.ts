/** Parses the `url` of an egress capability into scheme, host, port and path. */
import { isHostPattern } from '../network/host-name.ts';
import { Problem } from './problem.ts';

export interface EgressTarget {
  /**
   * The scheme of the url. A manifest may have `https`, `http` or `tcp`; the scanner also observes
   * `dns` and `udp`.
   */
  readonly scheme: 'https' | 'http' | 'dns' | 'tcp' | 'udp';
  /**
   * The host of the url: a host name, `*.` and a host name, or `*`. In observed capabilities, the
   * host can also be an IP address or `localhost`.
   */
  readonly host: string;
  /** The port of the url: 1 to 65535, or 0 for any port. */
  readonly port: number;
  /** The path of the url, for example `/v2/deals`. A `*` at the path's end stands for any text. */
  readonly path: string;
}

const defaultPort = { https: 443, http: 80, dns: 53, tcp: 0, udp: 0 } as const;
const urlForm =
  /^(https|http|dns|tcp|udp):\/\/(\[[0-9a-f:.]+\]|[^/:?#[\]@\s]+)(?::(\d{1,5}))?(\/[^?#\s]*)?$/;

/**
 * Parses the url of an observed or declared egress capability.
 * @throws Problem `capability-invalid`
 */
export function parseEgressUrl(url: string): EgressTarget {
  const [, scheme, host, port, path] = urlForm.exec(url) ?? [];
  if (scheme === undefined || host === undefined)
    throw invalid(url, 'it is scheme://host[:port]/path, without query or user');
  const target: EgressTarget = {
    scheme: scheme as EgressTarget['scheme'],
    host,
    port: port === undefined ? defaultPort[scheme as EgressTarget['scheme']] : Number(port),
    path: path ?? '/*',
  };
  if (target.port > 65_535 || port === '0') throw invalid(url, 'the port is 1 to 65535');
  if (!isPlainPath(target.path))
    throw invalid(
      url,
      'the path has no dot segments, encodings or backslashes, and * only at its end',
    );
  return target;
}

/**
 * Parses an egress url of a manifest. A manifest may not have schemes other than http, https and
 * tcp, IP addresses, `localhost`, or wildcards over a public suffix; for tcp no wildcard at all.
 * @throws Problem `capability-invalid`
 */
export function parseDeclaredEgressUrl(url: string): EgressTarget {
  const target = parseEgressUrl(url);
  if (target.scheme === 'dns' || target.scheme === 'udp')
    throw invalid(url, 'a manifest can ask for https, http and tcp only');
  const isOneDoor = !target.host.includes('*') && target.port > 0 && target.path === '/*';
  if (target.scheme === 'tcp' && !isOneDoor)
    throw invalid(url, 'tcp needs one host and one port, as in tcp://db.acme.example:5432');
  // The sandbox's own listener for the port has no rights.
  if (target.scheme === 'tcp' && target.port < 1024)
    throw invalid(
      url,
      'tcp needs a port from 1024 on; "hosts" in host.json can lead the name to a lower one',
    );
  if (!isHostPattern(target.host))
    throw invalid(
      url,
      'the host is a lower-case DNS name, *. before one that is no public suffix, or *',
    );
  return target;
}

/** Prints an egress url in its canonical form, without the scheme's default port. */
export function printEgressTarget({ scheme, host, port, path }: EgressTarget): string {
  return `${scheme}://${host}${port === defaultPort[scheme] ? '' : `:${port}`}${path}`;
}

/**
 * Whether a path (or pattern) lies within a pattern. A path equal to the pattern lies within, and
 * so does every path below a pattern that ends with `*`.
 */
export function coversPath(wide: string, narrow: string): boolean {
  return wide.endsWith('*') ? narrow.startsWith(wide.slice(0, -1)) : wide === narrow;
}

// A url path that a server could read differently is rejected rather than normalised (RFC 3986
// §6.2.2).
function isPlainPath(path: string): boolean {
  const body = path.endsWith('*') ? path.slice(0, -1) : path;
  return (
    /^[\x21-\x7e]*$/.test(body) && !/[*\\%]|\/\.{1,2}(\/|$)|\/\//.test(body) && body.startsWith('/')
  );
}

function invalid(url: string, why: string): Problem {
  return new Problem('capability-invalid', `Not an egress url: ${JSON.stringify(url)}: ${why}`);
}
