/** What kind of network an IP address belongs to, also where one family is wrapped in the other. */
import { Problem } from './problem.ts';

export type AddressClass =
  | 'public'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'metadata'
  | 'cgnat'
  | 'multicast'
  | 'reserved'
  | 'invalid';

/** Class of an address in text form; what is no plain IPv4 or IPv6 address is `invalid`. */
export function addressClass(_ip: string): AddressClass {
  throw new Problem('internal', 'not written yet');
}
