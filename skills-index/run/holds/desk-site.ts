/**
 * Whether a web origin is the desk (review website) of a registry. One desk has several names, and
 * a passkey is bound to the name that its owner typed.
 */
import { addressClass } from '../../skill/network-address.ts';

export interface Desk {
  /** The address at which this host reaches the registry. */
  readonly base: string;
  /** The bare host name from the registry's root file, where a root file is pinned. */
  readonly origin?: string | undefined;
}

/** @param site an origin, as a browser writes it */
export function isDeskSite(site: string, { base, origin }: Desk): boolean {
  const one = siteOf(site);
  const other = siteOf(base);
  if (one === undefined) return false;
  // Every program on this machine is reached as `localhost`, and only the port tells programs
  // apart. The root file names no port, so it cannot vouch for `localhost`.
  const isNamed = origin !== undefined && origin !== localhost && one.host === origin;
  return (
    isNamed ||
    (other !== undefined &&
      one.scheme === other.scheme &&
      one.host === other.host &&
      one.port === other.port)
  );
}

const localhost = 'localhost';

function siteOf(
  text: string,
): { readonly scheme: string; readonly host: string; readonly port: string } | undefined {
  const url = URL.parse(text);
  if (url === null) return undefined;
  const name = url.hostname.replace(/\.$/, '');
  const isHere =
    addressClass(name.replace(/^\[|\]$/g, '')) === 'loopback' ||
    name === localhost ||
    name.endsWith(`.${localhost}`);
  return { scheme: url.protocol, host: isHere ? localhost : name, port: url.port };
}
