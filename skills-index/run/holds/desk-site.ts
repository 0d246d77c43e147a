/**
 * Decides whether a web origin is the desk (review website) of a registry. A desk has several
 * names, and a passkey is bound to the name that the passkey's owner typed.
 */
import { addressClass } from '../../network/network-address.ts';

export interface Desk {
  /** The address at which this host reaches the registry. */
  readonly base: string;
  /** The host name from the registry's root file; absent where no root file is pinned. */
  readonly origin?: string | undefined;
}

/** @param site an origin, as a browser writes the origin */
export function isDeskSite(site: string, { base, origin }: Desk): boolean {
  const one = siteOf(site);
  const other = siteOf(base);
  if (one === undefined) return false;
  // Every program on this machine is reached as `localhost`, and only the port tells programs
  // apart. The root file names no port, so a root file cannot vouch for `localhost`.
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
