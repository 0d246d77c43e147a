/**
 * Turns a computed URL or host into the egress capability that it needs. Unknown parts widen the
 * capability, never narrow it.
 */

import { parse } from 'tldts';
import { addressClass } from '../../skills-index/network/network-address.ts';
import type { EgressCapability } from '../../skills-index/skill/capability.ts';
import {
  type EgressTarget,
  parseEgressUrl,
  printEgressTarget,
} from '../../skills-index/skill/egress-target.ts';

/** Stands for each part of folded text that could not be computed. */
export const unknownPart = '\0';

/**
 * The same for code whose parser accepts letters only: a letter that nobody uses and that may begin
 * a name.
 */
export const unknownLetter = '\u0298';

/**
 * A partly known path with `*` for each unknown part; undefined for a path that is wholly known or
 * unknown.
 */
export function shapeOf(path: string): string | undefined {
  if (!path.includes(unknownPart)) return undefined;
  const shape = path
    .replace(/^file:\/\//, '')
    .replace(/\0+/g, '*')
    .toWellFormed();
  return /[^*/.]/.test(shape) ? shape : undefined;
}

/** Any host, any port. */
export const anyEgress = 'https://*/*';

/**
 * The target of an address from a front end. Invalid egress URLs become any host, since a skill may
 * write anything.
 */
export function targetOf(address: string): EgressTarget {
  try {
    return parseEgressUrl(address);
  } catch {
    return parseEgressUrl(anyEgress);
  }
}

const schemes: Readonly<Record<string, EgressTarget['scheme']>> = {
  http: 'http',
  https: 'https',
  ws: 'http',
  wss: 'https',
};
const otherPorts: Readonly<Record<string, number>> = {
  ftp: 21,
  ftps: 990,
  sftp: 22,
  scp: 22,
  ssh: 22,
  smtp: 25,
  smtps: 465,
  imaps: 993,
  telnet: 23,
  ldap: 389,
  redis: 6379,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  mongodb: 27017,
  git: 9418,
  gopher: 70,
  rsync: 873,
};

/**
 * The egress that a request to `text` needs.
 * @param text a folded URL with `unknownPart` for unknown parts; without a scheme, `http` is
 * assumed (as curl does)
 * @param methods upper-case, `['*']` when unknown
 * @returns undefined for targets outside the network: `file:`, `data:`, `blob:`, a path
 */
export function egressOf(text: string, methods: readonly string[]): EgressCapability | undefined {
  const trimmed = text.trim().replaceAll(unknownLetter, unknownPart);
  if (/^(file|data|blob|about|javascript|node|bun|npm|jsr|mailto|tel):/i.test(trimmed))
    return undefined;
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(trimmed) ?? [
    undefined,
    undefined,
    trimmed,
  ];
  const unknown = { url: anyEgress, methods };
  if (scheme === undefined && /^[/.~]/.test(trimmed)) return undefined;
  if (rest === undefined || rest === '') return unknown;
  const authority = /^[^/?#\\]*/.exec(rest)?.[0] ?? '';
  const at = hostAndPort(authority);
  // An unknown part in the authority may contain "@stranger", ".stranger" or "stranger/", so any
  // host is possible.
  if (at === undefined) return unknown;
  const plain = schemes[(scheme ?? 'http').toLowerCase()];
  const port =
    at.port ??
    (plain === undefined
      ? (otherPorts[(scheme ?? '').toLowerCase()] ?? 0)
      : plain === 'https'
        ? 443
        : 80);
  const target =
    plain === undefined
      ? { scheme: 'tcp' as const, path: '/*' }
      : { scheme: plain, path: pathOf(rest, authority) };
  return { url: printEgressTarget({ ...target, host: at.host, port }), methods };
}

/**
 * The requests that a shown text makes: whoever shows Markdown or HTML fetches its images at once.
 * @param text with `unknownPart` for unknown parts; an image whose address is all known sends
 * nothing, and is left out
 */
export function imageEgressOf(text: string): EgressCapability[] {
  if (!text.includes(unknownPart)) return [];
  return [...text.matchAll(imageAddress)].flatMap(([, address = '']) =>
    address.includes(unknownPart) || /%[sdoj]/.test(address)
      ? (egressOf(address.replace(/^\/\//, 'https://'), ['GET']) ?? [])
      : [],
  );
}

// `![x](…)`, `![x][r]` with `[r]: …`, and elements of HTML that fetch an address.
const imageAddress =
  /(?:!\[[^\]\n]{0,200}\]\(\s{0,3}<?|^\s{0,3}\[[^\]\n]{1,100}\]:\s{0,3}<?|<(?:img|source|link|iframe|video|audio|embed|object)\s[^>]{0,300}?(?:src|srcset|href|data|poster)\s?=\s?\\?["']?)((?:https?:)?\/\/[^\s)"'<>\\]{1,1000})/gim;

/**
 * The egress of a raw connection. A host of `undefined` (or with an unknown part) means any host. A
 * port of `undefined`, or a number that is no port, means any port (of DNS: the usual one).
 */
export function socketEgressOf(
  scheme: 'tcp' | 'udp' | 'dns',
  host: string | undefined,
  port?: number,
): EgressCapability {
  const at = host === undefined || host === '' ? undefined : hostAndPort(host);
  return {
    url: printEgressTarget({
      scheme,
      host: at?.host ?? '*',
      port: isPort(port) ? port : scheme === 'dns' ? 53 : 0,
      path: '/*',
    }),
    methods: ['*'],
  };
}

function isPort(port: number | undefined): port is number {
  return Number.isInteger(port) && Number(port) > 0 && Number(port) <= 65_535;
}

/**
 * The host that an address of which `egressOf` makes any host still names: its authority is a whole
 * domain before an unknown part (`https://api.x.example` + path), or behind one
 * (`https://` + tenant + `.x.example`, `https://` + token + `@x.example/`).
 */
export function writtenHost(text: string): string | undefined {
  const [, user, authority] =
    /^https?:\/\/([^/?#\\@]{0,300}@)?([^/?#\\@]{1,300})/i.exec(
      text.trim().replaceAll(unknownLetter, unknownPart),
    ) ?? [];
  if (authority === undefined) return undefined;
  const [, before] = /^([^\0]+)\0/.exec(authority) ?? [];
  const [, behind] = /^\0+\.([^\0]+)$/.exec(authority) ?? [];
  const isBehindUser = user !== undefined && !authority.includes(unknownPart);
  const known =
    before?.replace(/:\d{0,5}$/, '') ?? behind ?? (isBehindUser ? authority : undefined);
  if (known === undefined) return undefined;
  const { domain, hostname, isIp } = parse(known, { allowPrivateDomains: true });
  const isWhole = domain !== null && isIp !== true && /[a-z0-9]$/i.test(known);
  return isWhole ? (hostname ?? undefined)?.toLowerCase() : undefined;
}

/** Whether a host of an egress capability is this machine itself. */
export function isLoopbackHost(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    // Anybody may have the name `127.0.0.1.acme.net`.
    /^127(\.\d{1,3}){1,3}$/.test(host) ||
    host === '[::1]' ||
    host === '0.0.0.0'
  );
}

/** Whether a host of an egress capability is an IP address. */
export function isAddress(host: string): boolean {
  return addressClass(host.replace(/^\[|\]$/g, '')) !== 'invalid';
}

// The WHATWG parser does what clients do: dword and hex addresses, percent-encoding, IDNA.
function hostAndPort(authority: string): { host: string; port: number | undefined } | undefined {
  if (authority === '' || authority.includes(unknownPart)) return undefined;
  try {
    const { hostname, port } = new URL(`http://${authority}/`);
    // Nobody can connect to port 0, so the intended port is unknown.
    const explicit = /:(\d{1,5})$/.exec(authority.slice(authority.lastIndexOf('@') + 1))?.[1];
    const host = hostname.replace(/\.$/, '');
    if (port === '0' || Number(explicit) > 65_535) return undefined;
    if (!/^[a-z0-9._-]+$|^\[[0-9a-f:.]+\]$/.test(host)) return undefined;
    return {
      host,
      port: port !== '' ? Number(port) : explicit === undefined ? undefined : Number(explicit),
    };
  } catch {
    return undefined;
  }
}

function pathOf(rest: string, authority: string): string {
  const path = /^[^?#]*/.exec(rest.slice(authority.length).replace(/[\r\n\t]/g, ''))?.[0] ?? '';
  if (path === '') return '/';
  if (/(^|[\\/])(\.|%2e){1,2}([\\/]|$)/i.test(path)) return '/*';
  // The known part ends at a character that a capability's path may not have.
  const stop = /\0|%|\\|\*|\/\/|[^\x21-\x7e]/.exec(path);
  if (stop === null) return path;
  if (stop.index === 0) return '/*';
  const known = path.slice(0, stop[0] === '//' ? stop.index + 1 : stop.index);
  // Dots at the end may be the first letters of a name, or a whole dot segment.
  return `${known.replace(/\/\.{1,2}$/, '/')}*`;
}
