/** Hosts of the public internet, as opposed to files, private networks and this machine. */
import { getDomain, parse } from 'tldts';
import { coversHost } from '../../skills-index/network/host-name.ts';
import { addressClass } from '../../skills-index/network/network-address.ts';
import { isKnownProvider } from './secret-providers.ts';

/** Whether a text is an IP address that everybody reaches. */
export function isPublicAddress(host: string): boolean {
  return addressClass(host.replace(/^\[|\]$/g, '')) === 'public';
}

/**
 * Whether a name ends in a public suffix. `lib.rs` and `setup.py` do so too, and count only where
 * `isAsked` says that the word names a host.
 */
export function isPublicName(host: string, isAsked = false): boolean {
  // The list of suffixes takes time to load, and most words are no host.
  if (!host.includes('.')) return false;
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

// Hosts that stand for the reader's own: `your-domain.com`, `<your-host>`, `api.example.com`.

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

// Hosts below a provider's name where anybody can have a server or a store of their own, who then
// reads what arrives there: headers too, as those of stored objects.

// Sources: each provider's documentation of the addresses of functions, applications and buckets.
const tenantHosts: readonly string[] = `
  *.amazonaws.com *.amazonaws.com.cn *.on.aws *.aws.dev storage.googleapis.com *.storage.googleapis.com
  *.run.app *.cloudfunctions.net *.appspot.com *.web.app *.firebaseapp.com *.firebaseio.com *.pkg.dev
  script.google.com *.windows.net *.azurewebsites.net *.azure-api.net *.azurecr.io *.cloudapp.azure.com
  *.azurecontainerapps.io *.azurestaticapps.net *.workers.dev *.pages.dev *.r2.cloudflarestorage.com *.r2.dev
  *.digitaloceanspaces.com *.ondigitalocean.app *.vercel.app *.vercel-storage.com *.vercel.sh *.netlify.app
  *.fly.dev *.fly.io *.machines.dev *.herokuapp.com *.onrender.com *.railway.app *.up.railway.app *.hf.space
  *.aliyuncs.com *.myqcloud.com *.oraclecloud.com *.scw.cloud *.linodeobjects.com *.ghe.com
  *.githubusercontent.com *.github.io *.gitlab.io *.supabase.co *.myshopify.com *.atlassian.net *.zendesk.com
  *.force.com *.elastic-cloud.com *.grafana.net *.snowflakecomputing.com *.databricks.com
  *.azuredatabricks.net *.psdb.cloud *.hashicorp.cloud`
  .trim()
  .split(/\s+/);

/** Whether a host of that name may be anybody's, although its domain is a known provider's. */
export function isTenantHost(host: string): boolean {
  return tenantHosts.some((pattern) => coversHost(pattern, host));
}

// A model and its service write these answers, some through a gateway. Whoever sends the question
// names no address in them.
const modelHosts: readonly string[] = `
  gateway.ai.cloudflare.com
  api.anthropic.com api.deepseek.com api.elevenlabs.io api.mistral.ai api.openai.com api.replicate.com
  api.runwayml.com api.stability.ai api.x.ai generativelanguage.googleapis.com *.fal.run`
  .trim()
  .split(/\s+/);

/** Whether a host answers with what a model made, and with addresses of what it made. */
export function isModelHost(host: string): boolean {
  return modelHosts.some((pattern) => coversHost(pattern, host));
}
