/** Concepts of names: addresses, files and variables, which look alike in all languages. */
import { dropHostOf } from '../../skills-index/network/drop-hosts.ts';
import type { Concept } from './phrases/concept.ts';

/** The concepts of a name with a point, a slash, an `@` or an underscore. */
export function conceptsOfName(name: string): readonly Concept[] {
  const [, host, path] = /^https?:\/\/([\w.-]+)(.*)/.exec(name) ?? [];
  if (host !== undefined) {
    const found: Concept[] = ['url'];
    if (placeForData.test(name)) found.push('url-slot');
    if (/^(?:paste|file-drop)$/.test(dropHostOf(host, path)?.kind ?? '')) found.push('paste-site');
    return found;
  }
  if (secretName.test(name)) return ['secret-name'];
  if (!/[./@]/.test(name)) return [];
  if (/@/.test(name)) return ['mail'];
  return names.flatMap(({ concept, form }) => (form.test(name) ? [concept] : []));
}

/** Runs of letters and digits; each name with the concept has one of them. */
export function tellingWordsOfNames(concept: Concept): readonly string[] {
  return tellingWords[concept]?.split(' ') ?? [];
}

// `?q=<summary>`, `?c=VALUE`, `/{conversation}`
const placeForData =
  /[?&/=][\w.-]{0,40}(?:[<{[]{1,2}\s?[a-z$]|\$\{?\w|(?<==)[A-Z][A-Z_]{2,30}(?!\w))/;
// `ACME_API_KEY`, `$ACME_TOKEN`
const secretName =
  /^\$?\{?[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){0,6}_(?:KEY|TOKEN|SECRET|PASSWORD)\}?$/;

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
  { concept: 'program', form: /\.(?:exe|msi|scr|dmg|pkg|appimage)$/i },
  {
    concept: 'host',
    form: /^[\w-]{1,60}(?:\.[\w-]{1,60}){0,4}\.(?:com|net|org|xyz|info|biz|top|site|online|example|invalid|ru|cn)(?:\/|$)/i,
  },
];

const tellingWords: Partial<Record<Concept, string>> = {
  url: 'http https',
  'url-slot': 'http https',
  'paste-site': 'http https',
  'secret-name': 'key token secret password',
  'secret-file':
    'env ssh aws gnupg netrc npmrc pypirc kube git docker rsa ed25519 ecdsa dsa credentials application wallet login cookies authorized secrets shadow pem p12 pfx kdbx',
  'key-file': 'ssh gnupg aws rsa ed25519 ecdsa dsa wallet login cookies git kube docker etc',
  'memory-file':
    'soul memory agents claude gemini identity user tools heartbeat bootstrap warp conventions copilot cursorrules windsurfrules clinerules mcp cursor codex openclaw clawdbot windsurf continue',
  'access-file': 'authorized sudoers',
  belongings:
    'documents desktop downloads pictures library dropbox nextcloud onedrive movies music notes mail dokumente bilder schreibtisch bureau documentos escritorio imagens home userprofile appdata',
  program: 'exe msi scr dmg pkg appimage',
  host: 'com net org xyz info biz top site online example invalid ru cn',
};

/**
 * Marks that stand between the messages of an agent, and in no text; those of frameworks, and those
 * that somebody made up.
 */
export const messageMarks: readonly { readonly concept: Concept; readonly form: RegExp }[] = [
  {
    concept: 'message-mark',
    form: /<\|(?:im_start|system|endoftext)\|>|\[\/?INST\]|<<SYS>>|\[SYSTEM(?: OVERRIDE| PROMPT)?\](?!`? [-–—] )/g,
  },
  {
    concept: 'message-mark',
    form: /\b(?:new|updated|real|actual) system (?:prompt|instructions?)\s{0,2}:|(?<![\w/])(?:system|admin(?:istrator)?|developer) override\s{0,2}:/gi,
  },
  {
    concept: 'forged-mark',
    form: /<\|(?:im_start|im_end|system|user|assistant|tool_call|tool|admin|developer)\|>|<(?:system|admin(?:istrator)?|developer|operator|root)[_ -](?:directive|override|command)s?>/gi,
  },
  {
    concept: 'forged-mark',
    form: /\[(?:SYSTEM|ADMIN|ADMINISTRATOR|DEVELOPER|OPERATOR|ROOT) (?:OVERRIDE|PROMPT|MESSAGE|INSTRUCTIONS?|COMMAND|NOTE|UPDATE)\]|^(?:SYSTEM|ADMIN|ADMINISTRATOR|DEVELOPER|OPERATOR|ROOT) (?:OVERRIDE|COMMAND)\b|\b(?:BEGIN|END|START)[_ ](?:OF[_ ])?(?:SYSTEM|USER|DEVELOPER|ADMIN)[_ ](?:PROMPT|INPUT|MESSAGE|INSTRUCTIONS?)\b|={3} ?\b(?:SYSTEM|ADMIN|DEVELOPER|ROOT)\b(?: (?:PROMPT|MESSAGE|OVERRIDE|INSTRUCTIONS?))? ?={3}/g,
  },
];
