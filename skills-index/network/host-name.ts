/** Host names and host patterns, as egress rules, secrets and host policy use them. */
import { domainToASCII } from 'node:url';
import { getPublicSuffix } from 'tldts';

declare const hostBrand: unique symbol;
/**
 * A lower-case DNS name in ASCII form with at least two labels. An IP address and `localhost` are
 * not host names in this sense.
 */
export type HostName = string & { readonly [hostBrand]: true };

const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/** Whether text is a host name in the canonical form of host names. */
export function isHostName(text: string): text is HostName {
  const labels = text.split('.');
  const last = labels.at(-1) ?? '';
  if (text.length > 253 || labels.length < 2 || !labels.every((part) => label.test(part)))
    return false;
  if (/^\d+$/.test(last) || /^0x/.test(last) || last === 'localhost') return false;
  return domainToASCII(text) === text;
}

/**
 * Whether text is a host name, `*` (any host), or `*.` and a host name that is not a public suffix.
 */
export function isHostPattern(text: string): boolean {
  if (text === '*') return true;
  if (!text.startsWith('*.')) return isHostName(text);
  const base = text.slice(2);
  return isHostName(base) && getPublicSuffix(base, { allowPrivateDomains: true }) !== base;
}

/**
 * Whether the host `wide` covers every host that `narrow` covers. Each of the two is a host name or
 * a pattern. `*.a.b` does not cover `a.b`.
 */
export function coversHost(wide: string, narrow: string): boolean {
  if (wide === '*' || wide === narrow) return true;
  return wide.startsWith('*.') && narrow !== '*' && narrow.endsWith(wide.slice(1));
}
