/** Concepts of names: addresses, files and variables, which look alike in all languages. */
import type { Concept } from './phrases/concept.ts';

/** The concepts of a name with a point, a slash, an `@` or an underscore. */
export function conceptsOfName(name: string): readonly Concept[] {
  if (/^https?:\/\//.test(name)) return placeForData.test(name) ? ['url', 'url-slot'] : ['url'];
  if (isSecretName(name)) return ['secret-name'];
  if (keyShape.test(name)) return ['key-shape'];
  if (!/[./@]/.test(name)) return [];
  if (/@/.test(name)) return ['mail'];
  return names.flatMap(({ concept, form }) => (form.test(name) ? [concept] : []));
}

/** `ACME_API_KEY`, `$ACME_TOKEN`. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** Runs of letters and digits; each name with the concept has one of them. */
export function tellingWordsOfNames(concept: Concept): readonly FirstWord[] {
  return (tellingWords[concept] ?? '').split(' ').flatMap((word): FirstWord[] => {
    const text = word.replace(/\*$/, '');
    return text === '' ? [] : [{ text, open: text !== word }];
  });
}

// `?q=<summary>`, `?c=VALUE`, `/{conversation}`
const placeForData =
  /[?&/=][\w.-]{0,40}(?:[<{[]{1,2}\s?[a-z$]|\$\{?\w|(?<==)[A-Z][A-Z_]{2,30}(?!\w))/;
const secretName =
  /^\$?\{?[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){0,6}_(?:KEY|TOKEN|SECRET|PASSWORD)\}?$/;

// The end of a variable's name, or the beginning of a key.
const keyShape =
  /^(?:\*?(?:_[A-Z]{2,20}){0,3}_(?:KEY|TOKEN|SECRET|PASSWORD)|ghp_|gho_|github_pat_|xox[bp])$/;

interface NameForm {
  readonly concept: Concept;
  readonly form: RegExp;
}

const names: readonly NameForm[] = [
  {
    concept: 'secret-file',
    form: /^(?!.{0,280}\.pub$).{0,280}?(?:^|\/)(\.env(\.(local|production|prod|dev\w*|staging))?|\.ssh|\.aws|\.gnupg|\.netrc|\.npmrc|\.pypirc|\.kube|\.git-credentials|\.docker\/config\.json|id_(rsa|ed25519|ecdsa|dsa)|credentials(\.json)?|application_default_credentials\.json|wallet\.dat|login\.keychain\S{0,6}|cookies\.sqlite|authorized_keys|secrets\.(ya?ml|json|toml))(\/|$)|\/etc\/shadow|\.(pem|p12|pfx|kdbx)$/i,
  },
  // Keys of a user or of the system, which no project has; public halves are none.
  {
    concept: 'key-file',
    form: /^(?!.{0,200}(?:\.pub|\/config|\/known_hosts|\/authorized_keys)$).{0,200}?(?:^|\/)(?:\.ssh|\.gnupg|\.aws|id_(?:rsa|ed25519|ecdsa|dsa)|wallet\.dat|login\.keychain\S{0,6}|cookies\.sqlite|\.git-credentials|\.kube|\.docker\/config\.json|etc\/shadow|etc\/passwd)(?:\/|$)/i,
  },
  {
    concept: 'memory-file',
    form: /(^|\/)(SOUL|MEMORY|AGENTS|CLAUDE(\.local)?|GEMINI|IDENTITY|USER|TOOLS|HEARTBEAT|BOOTSTRAP|WARP|CONVENTIONS)\.md$|(^|\/)(copilot-instructions\.md|\.cursorrules|\.windsurfrules|\.clinerules|\.mcp\.json|mcp\.json|mcp_config\.json|claude_desktop_config\.json)$|\.(claude|cursor|codex|openclaw|clawdbot|gemini|windsurf|continue)\/\S{0,80}(settings(\.local)?\.json|hooks\S{0,20}|rules\S{0,40}|config\.(json|toml)|agents\S{0,40}|memory\S{0,40}|commands\S{0,40})$/i,
  },
  {
    concept: 'belongings',
    form: /^(?:~|\$HOME|%USERPROFILE%|%APPDATA%|\/(?:home|Users)\/[\w.-]{1,40})(?:\/(?:Documents|Desktop|Downloads|Pictures|Library|Dropbox|Nextcloud|OneDrive|Movies|Music|Notes|Mail|Dokumente|Bilder|Schreibtisch|Bureau|Documentos|Escritorio|Imagens|\.claude\/projects|\.codex\/sessions)\b|\/?$)/i,
  },
  { concept: 'access-file', form: /(^|\/)(authorized_keys|sudoers|sudoers\.d)(\/|$)/i },
  {
    concept: 'host',
    form: /^[\w-]{1,60}(?:\.[\w-]{1,60}){0,4}\.(?:com|net|org|xyz|info|biz|top|site|online|example|invalid|ru|cn)(?:\/|$)/i,
  },
];

const tellingWords: Partial<Record<Concept, string>> = {
  url: 'http https',
  'url-slot': 'http https',
  'secret-name': 'key token secret password',
  'secret-file':
    'env ssh aws gnupg netrc npmrc pypirc kube git docker rsa ed25519 ecdsa dsa credentials application wallet login cookies authorized secrets shadow pem p12 pfx kdbx',
  'key-file': 'ssh gnupg aws rsa ed25519 ecdsa dsa wallet login cookies git kube docker etc',
  'memory-file':
    'soul memory agents claude gemini identity user tools heartbeat bootstrap warp conventions copilot cursorrules windsurfrules clinerules mcp cursor codex openclaw clawdbot windsurf continue',
  'access-file': 'authorized sudoers',
  belongings:
    'documents desktop downloads pictures library dropbox nextcloud onedrive movies music notes mail dokumente bilder schreibtisch bureau documentos escritorio imagens home userprofile appdata',
  'key-shape': 'key token secret password ghp gho github xoxb xoxp',
  host: 'com net org xyz info biz top site online example invalid ru cn',
};

// Finds the words that every match of a pattern must have, by reading the pattern. A text without
// them is not searched.

export interface FirstWord {
  /** Letters and digits, lower case. */
  readonly text: string;
  /** Whether longer words that begin with it count as well. */
  readonly open: boolean;
}

/**
 * Sets of words; every match has a word of each set: a first word, or a word behind a `\\b` outside
 * of groups. Empty for a pattern about which nothing is known.
 */
export function neededWords({ source }: RegExp): readonly (readonly FirstWord[])[] {
  const starts = alternativesOf(source).length > 1 ? [0] : [0, ...boundariesIn(source)];
  return starts.flatMap((start) => {
    const words = firstWords(source.slice(start));
    return words === undefined ? [] : [words];
  });
}

function boundariesIn(source: string): number[] {
  const found: number[] = [];
  let depth = 0;
  for (const { at, mark } of marksIn(source)) {
    if (mark === '(') depth++;
    if (mark === ')') depth--;
    if (mark === '\\b' && depth === 0 && at > 0) found.push(at);
  }
  return found;
}

/**
 * The words that a match begins with, as runs of ASCII letters and digits; undefined when the
 * source does not tell. In a matching text, no letter or digit is before such a word.
 */
function firstWords(source: string): readonly FirstWord[] | undefined {
  const found = new Map<string, FirstWord>();
  const ways: Way[] = alternativesOf(source).map((rest) => ({ rest, before: '', bounded: false }));
  for (let taken = 0; ways.length > 0; taken++) {
    const way = ways.pop();
    if (way === undefined) break;
    if (taken > waysMax) return undefined;
    const next = step(way);
    if (next === undefined) return undefined;
    if ('text' in next) found.set(`${next.text} ${next.open}`, next);
    else ways.push(...next);
  }
  return [...found.values()];
}

/**
 * One alternative through a pattern: the plain letters read so far, and the rest of the pattern.
 */
interface Way {
  /** Without alternatives outside of groups. */
  readonly rest: string;
  readonly before: string;
  /** Whether no letter or digit can be before the letters read so far. */
  readonly bounded: boolean;
}

const waysMax = 2_000;
const enoughChars = 12;

// One word, the continuing alternatives, or undefined when anything may follow.
function step({ rest, before, bounded }: Way): FirstWord | readonly Way[] | undefined {
  const run = runIn(before, bounded);
  if (run !== undefined && (!run.open || run.text.length >= enoughChars)) return run;
  const isAtStart = before === '';
  if (rest.startsWith('\\b') && run !== undefined) return { ...run, open: false };
  if (rest.startsWith('\\b'))
    return [{ rest: rest.slice(2), before, bounded: bounded || isAtStart }];
  if (rest.startsWith('^') && isAtStart) return [{ rest: rest.slice(1), before, bounded: true }];
  const outside = /^\[\^\\w[^\]\\]{0,20}\](?![?*+{])/.exec(rest);
  if (outside !== null && isAtStart)
    return [{ rest: rest.slice(outside[0].length), before, bounded: true }];
  if (rest.startsWith('(')) return group({ rest, before, bounded }) ?? run;
  const plain = /^(\\[./|[\]()*+?$^{}-]|[\w \-<>"'~/:#@%&=,;!`])(\?|\*|\+|\{)?/.exec(rest);
  if (plain === null) return run;
  const [all, written = '', times] = plain;
  const letter = written.slice(-1).toLowerCase();
  const behind = { rest: rest.slice(all.length), before: before + letter, bounded };
  if (times === undefined) return [behind];
  if (times !== '?') return run;
  return [behind, { ...behind, before }];
}

// The first run of letters and digits read so far; open while nothing has ended it.
function runIn(before: string, bounded: boolean): FirstWord | undefined {
  const match = /[a-z0-9]+/.exec(before);
  if (match === null || (match.index === 0 && !bounded)) return undefined;
  return { text: match[0], open: match.index + match[0].length === before.length };
}

function group({ rest, before, bounded }: Way): readonly Way[] | undefined {
  const end = closingOf(rest);
  if (end === undefined) return undefined;
  const inner = rest.slice(1, end);
  const [, times = ''] = /^(\?|\*|\+|\{[^}]{0,9}\}\??)?/.exec(rest.slice(end + 1)) ?? [];
  const behind = rest.slice(end + 1 + times.length);
  // Lookarounds consume nothing: without them there are only more matches.
  if (/^\?<?[!=]/.test(inner))
    return times === '' ? [{ rest: behind, before, bounded }] : undefined;
  if (/^\?[^:]/.test(inner) || (times !== '' && times !== '?')) return undefined;
  const ways = alternativesOf(inner.replace(/^\?:/, '')).map((way) => ({
    rest: way + behind,
    before,
    bounded,
  }));
  return times === '?' ? [...ways, { rest: behind, before, bounded }] : ways;
}

function closingOf(source: string): number | undefined {
  let depth = 0;
  for (const { at, mark } of marksIn(source)) {
    if (mark === '(') depth++;
    if (mark === ')' && --depth === 0) return at;
  }
  return undefined;
}

function alternativesOf(source: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { at, mark } of marksIn(source)) {
    if (mark === '(') depth++;
    if (mark === ')') depth--;
    if (mark !== '|' || depth > 0) continue;
    parts.push(source.slice(from, at));
    from = at + 1;
  }
  return [...parts, source.slice(from)];
}

// Parentheses, bars and word boundaries outside of classes and not escaped.
function* marksIn(source: string): Generator<{ readonly at: number; readonly mark: string }> {
  for (const match of source.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|[()|]/gs))
    if (/^(?:[()|]|\\b)$/.test(match[0])) yield { at: match.index, mark: match[0] };
}
