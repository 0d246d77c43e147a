/** Other hosts that see a request than the one in its address: in a `Host` header, and proxies. */
import { isLoopbackHost } from '../../../lookup-tables/egress-of.ts';
import { textsOf } from '../assignments/alternatives.ts';
import type { PyValue } from '../program.ts';
import type { PyCall } from './call.ts';

/**
 * Addresses of the hosts that a `Host` header names, and of proxies: a content network hands the
 * request to the host of the header, whatever host the address has, and a proxy is asked first.
 */
export function frontedHosts({ keywords }: PyCall, addresses: readonly string[]): string[] {
  const asked = new Set(addresses.map((text) => hostOf.exec(text)?.[1]?.toLowerCase()));
  return ['headers', 'proxies', 'proxy']
    .flatMap((name) => hostsIn(name, keywords.get(name)))
    .filter((address) => !asked.has(hostOf.exec(address)?.[1]));
}

/** Addresses of the hosts that headers or proxies name; `name` says which of them they are. */
export function hostsIn(name: string, value: PyValue | undefined): string[] {
  if (value === undefined) return [];
  if (name !== 'headers')
    return [value, ...(value.entries?.values() ?? [])].flatMap(textsOf).flatMap(proxyIn);
  return [...(value.entries ?? [])].flatMap(([key, one]) =>
    key.toLowerCase() === 'host' ? textsOf(one).flatMap(headerHost) : [],
  );
}

function headerHost(text: string): string[] {
  const host = text.trim().toLowerCase().replace(portOrDot, '');
  return domain.test(host) ? [`https://${host}/`] : [];
}

// A proxy of this machine is a program that somebody started here.
function proxyIn(text: string): string[] {
  const host = proxyHost.exec(text)?.[1]?.toLowerCase() ?? '';
  const isKnown = domain.test(host) || /^\d{1,3}(\.\d{1,3}){3}$/.test(host);
  return isKnown && !isLoopbackHost(host) ? [`https://${host}/`] : [];
}

const proxyHost =
  /^\s{0,9}(?:(?:https?|socks\w{0,2}):\/\/)?(?:[^@/\s]{0,100}@)?([\w.-]{1,255})(?=[:/?#]|\s{0,9}$)/i;
const hostOf = /^\s{0,9}https?:\/\/([\w.-]{1,255})(?=[:/?#]|\s{0,9}$)/i;
// `host.example:443` and `host.example.` are `host.example`.
const portOrDot = /\.?(?::\d{0,5})?$/;
const domain = /^(?:[\w-]{1,63}\.){1,10}[a-z]{2,24}$/;
