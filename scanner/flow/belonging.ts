/**
 * Whether a secret and a host belong together: by the table of providers, by a word that both
 * names share, or by what the pages of the skill say. Decision 84 says what each rests on.
 */
import { getDomain } from 'tldts';
import type { FlowFact } from '../fact/fact.ts';
import { remembered } from '../fact/remembered.ts';
import type { TaintSource } from '../fact/source.ts';
import { isTenantHost } from '../lookup-tables/public-hosts.ts';
import { isKnownProvider, isProvidersHost, providerOf } from '../lookup-tables/secret-providers.ts';
import type { RuleContext } from '../rule.ts';
import type { SentSecret } from './secret-flows.ts';

/**
 * Whether a secret and a host belong together by their names: the host is the provider's, or the
 * names match.
 */
export function belongsTo(name: string, host: string): boolean {
  return isProvidersHost(name, host) || isNamedAfter(name, host);
}

/**
 * `TAVILY_API_KEY` belongs to `api.tavily.com`, `KIMICODE_API_KEY` to `api.kimi.com` and
 * `DATA_GO_KR_KEY` to `apis.data.go.kr`: the names share a word of the registered domain.
 */
export function isNamedAfter(name: string, host: string): boolean {
  const domain = getDomain(host, { allowPrivateDomains: true });
  const [registered] = domain?.split('.') ?? [];
  if (domain === null || registered === undefined) return false;
  const parts = wordsOf(name);
  const whole = domain.replaceAll(/[.-]/g, '');
  return (
    parts.some((part) => part.length >= 3 && registered.includes(part)) ||
    (registered.length >= 4 && parts.some((part) => part.startsWith(registered))) ||
    (whole.length >= 6 && name.toLowerCase().replaceAll('_', '').startsWith(whole))
  );
}

/** The words of a variable's name that say whose secret it is: none for `API_KEY`. */
export function wordsOf(name: string): readonly string[] {
  return name
    .toLowerCase()
    .split('_')
    .filter((part) => part !== '' && !plainParts.test(part));
}

const plainParts =
  /^(api|key|keys|token|tokens|secret|auth|access|refresh|bearer|app|client|the|my|your|new|user|username|admin|private|public|session|cookie|service|server|data|base|url|web|http|bot|dev|prod|test|id|jwt|pass|passphrase|password|passwd|database|credential|credentials|\d+)$/;

/**
 * Whether the secret is in a header of a request to a well-known service: that service alone reads
 * the header, whoever wrote the code. Some providers give anybody a name below their own; a host of
 * such a name does not count.
 */
export function signsInAtProvider({ flow, to }: Pick<SentSecret, 'flow' | 'to'>): boolean {
  const { part } = flow.sink;
  const isSignedIn = part === 'header' || (part === 'url' && isGateway(to.host));
  return isSignedIn && isKnownProvider(to.host) && !isTenantHost(to.host);
}

// A gateway takes the keys of models, also in their addresses, and passes them on.
function isGateway(host: string): boolean {
  return host === 'gateway.ai.cloudflare.com';
}

/**
 * Whether a page of the skill names a host, or the registered domain whose own site or interface
 * the host is. Any other name below a domain may be somebody else's.
 */
export function mentionsDomain(host: string, { sources }: Pick<RuleContext, 'sources'>): boolean {
  const form = formOf(host);
  return sources.some(
    ({ language, depth, text }) => language === 'markdown' && depth === 0 && form.test(text),
  );
}

/** Whether a text that readers see mentions a host: SKILL.md, or a page that another one names. */
export function mentionsHost(host: string, { sources }: Pick<RuleContext, 'sources'>): boolean {
  const form = new RegExp(`(?<![\\w-])${RegExp.escape(host)}(?![\\w-]|\\.\\w)`, 'i');
  return toldTexts(sources).some((text) => form.test(text));
}

/**
 * Whether readers are told of a host, as `mentionsDomain`, or of the service by its name: in
 * SKILL.md, or in a page that another one names.
 */
export function tellsOfHost(host: string, { sources }: Pick<RuleContext, 'sources'>): boolean {
  const texts = toldTexts(sources);
  const form = formOf(host);
  return texts.some((text) => form.test(text)) || namesService(host, texts);
}

// "translates with DeepL", `DEEPL_API_KEY`: a name, in the middle of a sentence. Where a sentence
// begins, and in small letters, it is any word, and anybody may register a domain of that name.
function namesService(host: string, texts: readonly string[]): boolean {
  if (texts.length === 0 || isTenantHost(host)) return false;
  const label = getDomain(host, { allowPrivateDomains: true })?.split('.')[0] ?? '';
  const name = label.replace(/-?(?:ai|api|app|dev|hq|labs)$/, '').replaceAll('-', '[ -]?');
  if (name.length < 4) return false;
  const inSentence = new RegExp(`[\\p{Ll}\\p{N}',)][ \\n](${name})(?![\\p{L}\\p{N}-])`, 'giu');
  const key = new RegExp(
    `\\b${name.toUpperCase().replaceAll('[ -]?', '_?')}_(?:API_)?(?:KEY|TOKEN|SECRET)\\b`,
  );
  return texts.some(
    (text) =>
      key.test(text) ||
      [...text.matchAll(inSentence)].some(([, found = '']) => /^\p{Lu}/u.test(found)),
  );
}

function formOf(host: string): RegExp {
  const domain = getDomain(host, { allowPrivateDomains: true });
  const isOwn = domain !== null && [domain, `www.${domain}`, `api.${domain}`].includes(host);
  return new RegExp(`(?<![\\w-])${RegExp.escape(isOwn ? domain : host)}(?![\\w-]|\\.\\w)`, 'i');
}

/**
 * Whether the readers are told of the secret and of the service that it signs in to: in one section
 * of a page, or by the skill's own name where the secret's says nothing. A page never explains the
 * secret of a known provider, since whoever wrote the code wrote the page.
 */
export function isExplainedByPage(
  { name, to, flow }: Pick<SentSecret, 'name' | 'to' | 'flow'>,
  context: Pick<RuleContext, 'sources' | 'name' | 'nameInProse'>,
): boolean {
  const domain = getDomain(to.host, { allowPrivateDomains: true });
  if (domain === null || providerOf(name) !== undefined || !signsIn(flow)) return false;
  const skill = (context.nameInProse ?? context.name).replace(/^.*\//, '').replaceAll('-', '_');
  if (wordsOf(name).length === 0 && isNamedAfter(skill, to.host)) return true;
  return context.sources.some(
    ({ language, depth, text }) =>
      language === 'markdown' &&
      depth === 0 &&
      text.includes(name) &&
      text.includes(domain) &&
      sectionsOf(text).some((section) => section.includes(name) && section.includes(domain)),
  );
}

/**
 * Whether what is sent signs in. In a body it is a message like any other, unless the address says
 * that somebody logs in.
 */
function signsIn({ sink }: Pick<FlowFact, 'sink'>): boolean {
  if (sink.part === 'header' || sink.part === 'url') return true;
  const url = sink.capability?.kind === 'egress' ? sink.capability.url : '';
  return sink.part === 'body' && logins.test(url);
}

const logins =
  /[/._-](token|oauth2?|auth|authorize|authenticate|login|sign-?in|sessions?)([/._?*-]|$)/i;

function sectionsOf(text: string): readonly string[] {
  return text.split(/^#{1,6} /m);
}

// What the pages of a skill tell their readers. An author who wants to hide something writes it
// where nobody looks: into a license, a comment, or a page that no other page names.

type Sources = readonly TaintSource[];

// Memo of a pure function: each flow of a skill asks for the same pages.
const texts = new WeakMap<Sources, readonly string[]>();

/**
 * The visible texts of SKILL.md, of the README beside it, and of the pages that these name, by
 * their paths or by their folders, and so on.
 */
function toldTexts(sources: Sources): readonly string[] {
  const known = texts.get(sources) ?? read(sources);
  texts.set(sources, known);
  return known;
}

function read(sources: Sources): readonly string[] {
  const pages = sources.filter(({ language, depth }) => language === 'markdown' && depth === 0);
  const waiting = new Map<string, TaintSource[]>();
  const open: TaintSource[] = [];
  for (const page of pages) {
    const { path } = page;
    if (entries.test(path)) open.push(page);
    else if (!unread.test(path))
      for (const name of namesOf(path)) waiting.set(name, [...(waiting.get(name) ?? []), page]);
  }
  const found = new Set<string>();
  for (let page = open.pop(); page !== undefined; page = open.pop()) {
    const { text, names } = shown(page);
    if (found.has(text)) continue;
    found.add(text);
    for (const name of names) {
      open.push(...(waiting.get(name) ?? []));
      waiting.delete(name);
    }
  }
  return [...found];
}

// What a page shows, and what may be the names of other pages in it.
const shown = remembered((page: TaintSource) => {
  const text = visible(page.text);
  const names = new Set<string>();
  for (const [word] of text.matchAll(pathLike))
    names.add(word.replace(/^(?:\.{1,2}\/)+|[*.]+$/g, '').toLowerCase());
  return { text, names };
});

// `references/api/keys.md` is named by its path, by `keys.md`, `keys`, `references/` and `api/`.
function namesOf(path: string): Set<string> {
  const lower = path.toLowerCase();
  const folders = lower.split('/').slice(0, -1);
  const file = lower.slice(lower.lastIndexOf('/') + 1);
  return new Set([
    lower,
    file,
    file.replace(/\.\w+$/, ''),
    ...folders.map((folder) => `${folder}/`),
    ...folders.map((_, at) => `${folders.slice(0, at + 1).join('/')}/`),
  ]);
}

// What a page that is shown does not show: comments, pictures, and where links are defined.
function visible(text: string): string {
  return text
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/!\[[^\]\n]{0,400}\]\([^)\n]{0,2000}\)|<img\b[^>]{0,2000}>/gi, '')
    .replace(/^ {0,3}\[[^\]\n]{1,400}\]:[^\n]*$/gm, '');
}

const entries =
  /^(?:(?:.*\/)?(?:SKILL|AGENTS|CLAUDE|GEMINI)\.mdx?|README(?:[._-][\w-]{1,20})?\.mdx?|(?:.*\/)?(?:agents|commands|prompts|rules)\/[^/]+\.mdx?)$/i;
const unread =
  /(?:^|\/)(?:licen[cs]es?|copying|copyright|notices?|third[-_]party\w*|change-?log|changes|history|releases?|authors?|contributors?|contributing|code[-_]of[-_]conduct|credits)(?:[._-][\w-]{1,20})*\.\w+$/i;
const pathLike = /[\p{L}\p{N}_][\p{L}\p{N}_./-]{1,200}\*{0,2}|\.{1,2}\/[\p{L}\p{N}_./-]{1,200}/gu;
