/**
 * Turns an environment variable into a secret with its hosts and its place in requests, when the
 * code shows them.
 */
import { dropHostOf } from '../../skills-index/network/drop-hosts.ts';
import { coversHost, isHostName } from '../../skills-index/network/host-name.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import {
  type Capability,
  type SecretUse,
  standsInPath,
} from '../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../skills-index/skill/egress-target.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import {
  isPlaceOfSecret,
  looksSecret,
  secretHostsMax,
} from '../../skills-index/skill/manifest-schema.ts';
import type { Finding } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { belongsTo } from '../flow/belonging.ts';
import { isProvidersHost, isSecretName, providerOf } from '../lookup-tables/secret-providers.ts';
import { packageManagers } from '../lookup-tables/shell.ts';
import { sentSecret } from '../rules/flow/secret-to-network.ts';
import { foreignImports } from './imports.ts';

/**
 * Undefined for a variable that holds no secret, and for a secret without known hosts: a manifest
 * cannot declare one. A library that sends the secret by itself sends it to its service.
 */
export function inferSecret(
  name: string,
  files: readonly SourceFile[],
  report: ScanReport,
): Capability | undefined {
  if (!isSecret(name)) return undefined;
  const service = secretServiceOf(name);
  const seen = [...new Set(hostsFor(name, report))].sort().slice(0, secretHostsMax);
  const hosts =
    seen.length === 0 && service !== undefined && !isMisused(name, report) ? [service.host] : seen;
  if (hosts.length === 0) return undefined;
  const ways = hosts.flatMap((host) => waysTo(host, report));
  // Of other databases the proxy cannot hold the password.
  if (ways.length > 0 && ways.every((way) => way.startsWith('tcp:')))
    return ways.every((way) => way === 'tcp:5432') || usesPostgres(files)
      ? { kind: 'secret', name, hosts, as: 'postgres' }
      : undefined;
  const isService = service !== undefined && hosts.every((host) => host === service.host);
  return { kind: 'secret', name, hosts, as: isService ? service.as : useOf(name, files, report) };
}

function usesPostgres(files: readonly SourceFile[]): boolean {
  return files.some(({ bytes }) =>
    /\b(psycopg2?|asyncpg|pg8000)\b/.test(Buffer.from(bytes).toString('utf8')),
  );
}

// `https:443`, `tcp:5432`: how the code contacts a host.
function waysTo(wanted: string, { capabilities }: ScanReport): string[] {
  return capabilities.observed.egress
    .map(({ url }) => parseEgressUrl(url))
    .filter(({ host }) => host === wanted)
    .map(({ port, scheme }) => `${scheme}:${port}`);
}

function isSecret(name: string): boolean {
  return looksSecret(name) || (isSecretName(name) && !isPlaceOfSecret(name));
}

/**
 * What the author has to add for a secret for which the draft has no entry; undefined for other
 * variables.
 */
export function addForSecret(name: string, report: ScanReport): string | undefined {
  if (name === '*' || !isSecret(name)) return undefined;
  const hosts = contacted(report).filter((host) => !hostsOfPackages.has(host));
  const shown = hosts.slice(0, hostsShownMax).join(', ');
  const which =
    hosts.length === 0
      ? 'The scan sees no host that takes this secret.'
      : `The scan cannot tell which host takes this secret: the skill contacts ${shown}${hosts.length > hostsShownMax ? ' and others' : ''}.`;
  const entry = { name, hosts: ['HOST'], as: 'bearer', why: '…' };
  if (
    report.findings.some(
      ({ message }) => message === `sends secret ${name} to the host that ${name} says`,
    )
  ) {
    if (report.capabilities.observed.egress.some(({ url }) => url.startsWith('tcp://*')))
      return `The secret is the address of a database, which no run gets. Of PostgreSQL keep the password alone in it, with host, port, user and database in the code. Add to "secret": ${JSON.stringify({ ...entry, as: 'postgres' })}, and to "egress": ${JSON.stringify({ url: 'tcp://HOST:5432', why: '…' })}.`;
    const egress = { url: 'https://HOST/FOLDER/*', methods: ['POST'], why: '…' };
    return `The secret is an address. Add to "secret": ${JSON.stringify({ ...entry, as: 'address' })}, and to "egress": ${JSON.stringify(egress)}, with the host and folder in which such addresses lie.`;
  }
  return (
    `${which} If a web API takes the secret, add to "secret": ${JSON.stringify(entry)}, with the ` +
    'host of the API in place of HOST. The runner adds secrets to web requests, and signs in at ' +
    'PostgreSQL ("as": "postgres"); a skill cannot get the password of another database or of its ' +
    'own server. A skill that works without the ' +
    'secret publishes with --as-is.'
  );
}

const hostsShownMax = 4;

const hostsOfPackages: ReadonlySet<string> = new Set(
  Object.values(packageManagers).flatMap(({ hosts }) => hosts),
);

/**
 * Why declared secrets cannot arrive: the proxy would deny each request with them. One text for
 * each, with the next step.
 */
export function whyNotSent(
  files: readonly SourceFile[],
  { capabilities: { egress, secret } }: Pick<Manifest, 'capabilities'>,
  report: ScanReport,
): string[] {
  const targets = egress.map(({ url }) => parseEgressUrl(url));
  return secret.flatMap(({ as, hosts, name }) => {
    const reached = targets.filter(({ host: pattern }) =>
      hosts.some((host) => coversHost(pattern, host)),
    );
    const what = `secret ${name} as ${as}`;
    if (reached.length === 0) return [`${what}: add an egress to ${hosts.join(' or ')}`];
    if (standsInPath(as) && !reached.some(({ path }) => path.endsWith('*')))
      return [
        `${what}: it stands behind an egress url that ends with *, as in "https://${hosts[0]}/*"`,
      ];
    if (isForTarget(as) || !isPutIntoUrl(name, report)) return [];
    const seen = useOf(name, files, report);
    return [
      `${what}: the code puts it into the address of a request; write "as": "${isForTarget(seen) ? seen : 'query:NAME'}"`,
    ];
  });
}

function isForTarget(as: SecretUse): boolean {
  return standsInPath(as) || as.startsWith('query:');
}

function isPutIntoUrl(name: string, { findings }: ScanReport): boolean {
  return findings.some(
    ({ message, rule }) =>
      rule === 'flow/secret-in-url' && message.startsWith(`puts secret ${name} into`),
  );
}

// Whoever sends a secret to a stranger gets no draft that lets the secret out.
function isMisused(name: string, { findings }: ScanReport): boolean {
  return findings.some(({ kind, message }) => kind === 'malice' && message.includes(name));
}

/** The secrets that imported libraries read by themselves, for the hosts that they contact. */
export function impliedSecrets(files: readonly SourceFile[], report: ScanReport): Capability[] {
  const hosts = contacted(report);
  const code = files.map(({ bytes, path }) => ({
    path,
    text: Buffer.from(bytes).toString('utf8'),
  }));
  const modules = foreignImports(code).map(({ module }) => module);
  return servicesOf(new Set(modules.flatMap((module) => [module, module.split('.')[0] ?? ''])))
    .filter(({ host }) => hosts.includes(host))
    .map(({ name, host, as }) => ({ kind: 'secret', name, hosts: [host], as }));
}

// The hosts that it was seen sent to; otherwise the provider's, or hosts with its name; otherwise
// hosts that the same files contact. A provider's secret never gets another provider's host.
function hostsFor(name: string, report: ScanReport): readonly string[] {
  const all = contacted(report);
  const provider = providerOf(name);
  if (provider !== undefined && provider.selfHosted !== true)
    return all.filter((host) => isProvidersHost(name, host));
  const sent = report.findings
    .filter((finding) => finding.kind === 'capability')
    .flatMap((finding) => sentSecret(finding) ?? [])
    .flatMap((finding) =>
      finding.name === name && all.includes(finding.host) ? [finding.host] : [],
    );
  if (sent.length > 0) return sent;
  const alike = all.filter((host) => belongsTo(name, host));
  if (alike.length > 0) return alike;
  const near = besides(name, report).filter((host) => all.includes(host));
  return near.length > 0 && near.length <= 2 ? near : all.length === 1 ? all : [];
}

function contacted({ capabilities }: ScanReport): string[] {
  const hosts = capabilities.observed.egress.map((egress) => parseEgressUrl(egress.url).host);
  return [...new Set(hosts)]
    .filter((host) => isHostName(host) && dropHostOf(host) === undefined)
    .sort();
}

// Hosts that the files with this variable contact.
function besides(name: string, { findings }: ScanReport): string[] {
  const seen = findings.filter(({ rule }) => rule === 'manifest/undeclared');
  const paths = new Set(
    seen.filter(({ message }) => message.includes(` needs env ${name},`)).map(({ path }) => path),
  );
  return [...new Set(seen.filter(({ path }) => paths.has(path)).flatMap(hostIn))].sort();
}

function hostIn({ message }: Finding): string[] {
  const url = / needs egress \S+ (\S+), which /.exec(message)?.[1];
  return url === undefined ? [] : [parseEgressUrl(url).host];
}

// From the code around it: a place in the address or body, a header of its own name, basic
// authentication, or else a bearer token.
function useOf(name: string, files: readonly SourceFile[], report: ScanReport): SecretUse {
  if (/^AWS_/.test(name)) return 'sigv4';
  const texts = files
    .filter(({ path }) => path !== 'skill.json')
    .map(({ bytes }) => Buffer.from(bytes).toString('utf8'))
    .filter((text) => text.includes(name));
  const isInUrl = isPutIntoUrl(name, report);
  const place = texts.map((text) => placeIn(text, name, isInUrl)).find((one) => one !== undefined);
  if (place !== undefined) return place;
  const code = texts.join('\n');
  const header = keyHeader.exec(code)?.[1];
  if (/\bBearer\b/i.test(code)) return 'bearer';
  if (header !== undefined) return `header:${header}`;
  return /\bBasic\b|\bauth=\(|curl[^\n]{0,200} (-u|--user) /.test(code) ? 'basic' : 'bearer';
}

// Where a program writes the variable, or a name that it gave to it, into an address or a body.
function placeIn(text: string, name: string, isInUrl: boolean): SecretUse | undefined {
  // A skill chooses the name, and patterns are made of it.
  if (!/^\w+$/.test(name)) return undefined;
  const read = `(?:os\\.environ(?:\\.get\\(|\\[)|os\\.getenv\\(|process\\.env\\[)["']${name}["']|process\\.env\\.${name}\\b|\\$\\{?${name}\\b`;
  const given = [
    ...text.matchAll(
      new RegExp(`\\b([A-Za-z_]\\w{0,40})\\s?=\\s?(?:\\w{1,40} or )?(?:${read})`, 'g'),
    ),
  ];
  const names = given.slice(0, namesMax).map(([, one]) => `\\$?\\{?(?:(?:self|this)\\.)?${one}\\b`);
  const value = `(?:${[read, ...names].join('|')})`;
  const joined = `(?:["']\\s?\\+\\s?|\\$?\\{)?${value}`;
  const inQuery = new RegExp(`[?&]([\\w.[\\]-]{1,64})=${joined}`).exec(text)?.[1];
  if (inQuery !== undefined) return isInUrl ? `query:${inQuery}` : `form:${inQuery}`;
  if (isInUrl && new RegExp(`https?://[^\\s"'\`?]{1,200}/[\\w-]{0,20}${joined}`).test(text))
    return 'path';
  const set = `(?:params|query)\\w*(?:\\[|\\.(?:set|append)\\()["']([\\w.-]{1,64})["'](?:\\]\\s?=|,)\\s?${value}`;
  const parameter = isInUrl ? new RegExp(set, 'i').exec(text)?.[1] : undefined;
  if (parameter !== undefined) return `query:${parameter}`;
  const entry = new RegExp(`["']?([\\w.$@-]{1,64})["']?\\s?:\\s?${value}`).exec(text);
  const [, key = ''] = entry ?? [];
  const before = text.slice(0, entry?.index ?? 0).slice(-callCharsMax);
  const [, field, made] = [...before.matchAll(callWithFields)].at(-1) ?? [];
  const call = field ?? made ?? '';
  if (/^(params|URLSearchParams|urlencode|data)$/.test(call) && key !== '')
    return isInUrl ? `query:${key}` : `form:${key}`;
  return /^(json|dumps|stringify)$/.test(call) && key !== '' ? `json:/${key}` : undefined;
}

const namesMax = 8;
const callCharsMax = 400;
const callWithFields =
  /\b(params|data|json|headers)\s?[=:]|\b(?:json\.|JSON\.)?(URLSearchParams|urlencode|dumps|stringify|Headers)\(/g;

/** Names of headers that carry keys, as services document them. */
const keyHeader =
  /["'`\s]((?:x-[a-z0-9-]{0,30})?(?:api-?key|auth-token|access-token|private-token|subscription-token|figma-token|goog-api-key|app-key|secret-key))["'`]?\s{0,3}[:=\],]/i;

// The host and the header at which a service takes the secret of a variable, for code that leaves
// both to a library. Sources: each service's API documentation.

interface SecretService {
  readonly name: string;
  readonly host: string;
  readonly as: SecretUse;
  /** Packages whose clients read the variable by themselves. */
  readonly packages: readonly string[];
  /** The folder of an `address`, with `*`. */
  readonly folder?: string;
}

const service = (
  names: string,
  host: string,
  as: SecretUse = 'bearer',
  packages: readonly string[] = [],
): SecretService[] => names.split(' ').map((name) => ({ name, host, as, packages }));

const webhook = (name: string, host: string, folder: string): SecretService[] => [
  { name, host, as: 'address', packages: [], folder },
];

const services: readonly SecretService[] = [
  ...service('OPENAI_API_KEY', 'api.openai.com', 'bearer', ['openai']),
  ...service('ANTHROPIC_API_KEY', 'api.anthropic.com', 'header:x-api-key', [
    'anthropic',
    '@anthropic-ai/sdk',
  ]),
  ...service('OPENROUTER_API_KEY', 'openrouter.ai'),
  ...service('GEMINI_API_KEY', 'generativelanguage.googleapis.com', 'header:x-goog-api-key'),
  ...service('MISTRAL_API_KEY', 'api.mistral.ai', 'bearer', ['mistralai', '@mistralai/mistralai']),
  ...service('COHERE_API_KEY CO_API_KEY', 'api.cohere.com'),
  ...service('GROQ_API_KEY', 'api.groq.com', 'bearer', ['groq', 'groq-sdk']),
  ...service('DEEPSEEK_API_KEY', 'api.deepseek.com'),
  ...service('XAI_API_KEY', 'api.x.ai'),
  ...service('TOGETHER_API_KEY', 'api.together.xyz', 'bearer', ['together']),
  ...service('PERPLEXITY_API_KEY', 'api.perplexity.ai'),
  ...service('REPLICATE_API_TOKEN', 'api.replicate.com', 'bearer', ['replicate']),
  ...service('ELEVENLABS_API_KEY', 'api.elevenlabs.io', 'header:xi-api-key', ['elevenlabs']),
  ...service('PARALLEL_API_KEY', 'api.parallel.ai', 'header:x-api-key', ['parallel']),
  ...service('TAVILY_API_KEY', 'api.tavily.com'),
  ...service('EXA_API_KEY', 'api.exa.ai', 'header:x-api-key'),
  ...service('HF_TOKEN', 'huggingface.co', 'bearer', ['huggingface_hub']),
  ...service('GITHUB_TOKEN GH_TOKEN', 'api.github.com'),
  ...service('NOTION_TOKEN NOTION_API_KEY', 'api.notion.com'),
  ...webhook('SLACK_WEBHOOK_URL', 'hooks.slack.com', '/services/*'),
  ...webhook('DISCORD_WEBHOOK_URL', 'discord.com', '/api/webhooks/*'),
  ...service('MP_API_KEY', 'api.materialsproject.org', 'header:X-API-KEY', ['mp_api']),
];

/** The service of a variable. */
export function secretServiceOf(name: string): SecretService | undefined {
  return services.find((one) => one.name === name);
}

/** The services whose clients are among the imported modules. */
function servicesOf(modules: ReadonlySet<string>): SecretService[] {
  return services.filter(({ packages }) => packages.some((name) => modules.has(name)));
}
