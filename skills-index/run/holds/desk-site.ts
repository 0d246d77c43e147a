/**
 * Whether a site is the desk of a registry: one desk has several names, and a passkey keeps the
 * name that its person typed.
 */
import { addressClass } from '../../skill/network-address.ts';

export interface Desk {
  /** Where the registry is reached from here. */
  readonly base: string;
  /** The bare host name in its root file, where one is pinned. */
  readonly origin?: string | undefined;
}

/** @param site an origin, as a browser writes it */
export function isDeskSite(site: string, { base, origin }: Desk): boolean {
  const one = siteOf(site);
  const other = siteOf(base);
  if (one === undefined) return false;
  // Every program of this machine is reached as `localhost`: there the port tells them apart, which
  // the root file does not name.
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
