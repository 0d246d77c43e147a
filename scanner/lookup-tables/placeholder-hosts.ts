/** Hosts that stand for the reader's own: `your-domain.com`, `<your-host>`, `api.example.com`. */
import { getDomain } from 'tldts';
import { isKnownProvider } from './secrets.ts';

/**
 * Whether a host is a place for the reader's own. Anybody may have `my.io` and `your-notes.io`, and
 * the names below a domain are its owner's. Below a provider, they are the reader's.
 */
export function isPlaceholderHost(host: string): boolean {
  if (/[<>{}$]|%3c/i.test(host) || documented.test(host)) return true;
  const domain = getDomain(host, { allowPrivateDomains: true }) ?? host;
  const [label = ''] = (isKnownProvider(host) ? host : domain).split('.');
  return readersOwn.test(label);
}

const documented = /(?:^|\.)example\.(?:com|edu|net|org)$/i;
const kinds =
  'account|address|app|backend|bucket|cluster|company|deployment|domain|endpoint|gateway|host|hostname|instance|name|org|organi[sz]ation|project|proxy|resource|server|service|site|store|subdomain|team|tenant|url|website|workspace';
const readersOwn = new RegExp(
  `^(?:your|my)(?:-?(?:ai|api|azure|custom|internal|llm|mcp|model|openai|own|private))*(?:-?(?:${kinds}))+(?:-?here)?$`,
  'i',
);
