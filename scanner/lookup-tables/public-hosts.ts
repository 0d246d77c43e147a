/** Hosts of the public internet, as opposed to files, private networks and this machine. */
import { parse } from 'tldts';
import { addressClass } from '../../skills-index/network/network-address.ts';

/** Whether a text is an IP address that everybody reaches. */
export function isPublicAddress(host: string): boolean {
  return addressClass(host.replace(/^\[|\]$/g, '')) === 'public';
}

/**
 * Whether a name ends in a public suffix. `lib.rs` and `setup.py` do so too, and count only where
 * `isAsked` says that the word names a host.
 */
export function isPublicName(host: string, isAsked = false): boolean {
  const { domain, isIcann, isPrivate } = parse(host, { allowPrivateDomains: true });
  const isName = domain !== null && (isIcann === true || isPrivate === true);
  return isName && (isAsked || !fileEnding.test(host));
}

const fileEnding = /\.(?:cc|do|la|md|mk|mov|pl|pm|ps|py|rs|sh|so|st|zip)$/i;

/** Whether a host can only be one of the user's own network: `db.internal`, `10.0.0.7`, `db`. */
export function isPrivateHost(host: string): boolean {
  const found = addressClass(host.replace(/^\[|\]$/g, ''));
  if (found !== 'invalid') return found !== 'public';
  return !host.includes('.') || privateNames.test(host);
}

const privateNames = /\.(?:corp|home|home\.arpa|internal|intranet|lan|local|localdomain)$/i;
