/**
 * Paths that matter for every reader and writer: credentials, an agent's memory, autostart files, a
 * shell's profile.
 */

import type { MountMode } from '../../skills-index/skill/capability.ts';
import type { CapabilityFact } from '../fact/fact.ts';

export type SensitiveKind =
  | 'credential'
  | 'wallet'
  | 'browser'
  | 'history'
  | 'browser-history'
  | 'message-history'
  | 'agent-history'
  | 'agent-memory'
  | 'agent-settings'
  | 'shell-profile'
  | 'autostart'
  | 'git-hook'
  | 'process-environment'
  | 'system-accounts'
  | 'device'
  | 'container-socket';

interface SensitivePath {
  readonly kind: SensitiveKind;
  readonly says: string;
  /** Matched against a lower-case path with `~` for the home folder and `/` for `\`. */
  readonly form: RegExp;
  /** Whether the file has settings, and credentials only when its user puts them there. */
  readonly isSettings?: true;
}

/**
 * Sources: ATT&CK T1552.001, T1552.003, T1552.004, T1555.003, T1539, T1546.004, T1543, T1053; ATLAS
 * AML.T0080; the programs' own documentation.
 */
export const sensitivePaths: readonly SensitivePath[] = [
  {
    kind: 'credential',
    says: 'SSH keys',
    form: /(^|\/)\.ssh(\/(?!(known_hosts|authorized_keys|config(\.d)?)(\/|$)|[^/*?[{]*\.pub$)|$)|(^|\/)id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/,
  },
  {
    kind: 'credential',
    says: 'AWS credentials',
    form: /(^|\/)\.aws(\/(credentials|sso|cli|[^/]*[*?[])|\/?$)/,
  },
  {
    kind: 'credential',
    says: 'AWS profiles, which may have keys',
    form: /(^|\/)\.aws\/config/,
    isSettings: true,
  },
  { kind: 'credential', says: 'GnuPG keys', form: /(^|\/)\.gnupg(\/|$)/ },
  { kind: 'credential', says: 'passwords of .netrc', form: /(^|\/)[._]netrc$/ },
  {
    kind: 'credential',
    says: 'a database\u2019s password',
    form: /(^|\/)\.(pgpass|my\.cnf|mylogin\.cnf)$/,
  },
  {
    kind: 'credential',
    says: 'a Terraform token',
    form: /(^|\/)\.terraform\.d\/credentials\.tfrc\.json$|^~\/\.terraformrc$/,
  },
  {
    kind: 'credential',
    says: 'a package registry\u2019s token',
    form: /^~\/\.(cargo\/credentials(\.toml)?|gem\/credentials|composer\/auth\.json|m2\/settings(-security)?\.xml|gradle\/gradle\.properties)$/,
  },
  { kind: 'credential', says: 'an npm token', form: /^~\/\.npmrc$/ },
  { kind: 'credential', says: 'a PyPI token', form: /(^|\/)\.pypirc$/ },
  {
    kind: 'credential',
    says: 'Kubernetes credentials',
    form: /(^|\/)\.kube(\/(config|cache)|\/?$)|\/serviceaccount\/token$/,
  },
  { kind: 'credential', says: 'Docker credentials', form: /(^|\/)\.docker\/config\.json$/ },
  {
    kind: 'credential',
    says: 'git credentials',
    form: /(^|\/)\.git-credentials$|(^|\/)\.config\/git\/credentials$/,
  },
  {
    kind: 'credential',
    says: 'GitHub command line credentials',
    form: /(^|\/)\.config\/(gh|hub)(\/hosts\.yml|\/?$|$)/,
  },
  {
    kind: 'credential',
    says: 'Google Cloud credentials',
    form: /(^|\/)\.config\/gcloud(\/|$)|application_default_credentials\.json$/,
  },
  {
    kind: 'credential',
    says: 'Azure credentials',
    form: /(^|\/)\.azure(\/(accesstokens|azureprofile|msal)|\/?$)/,
  },
  {
    kind: 'credential',
    says: 'an agent\u2019s own credentials',
    form: /(^|\/)\.(claude\/\.credentials\.json|codex\/auth\.json|(openclaw|clawdbot|moltbot)\/(\.env|credentials|[^ ]*auth[^/ ]*\.json))/,
  },
  {
    kind: 'credential',
    says: 'what a chat program keeps: messages, and the tokens to log in with',
    form: /^(~|\/[^\n]{0,80})\/([^\n]{0,60}\/)?(discord(canary|ptb)?|slack|signal|element|(?<!\/\.claude\/)teams|microsoft\/teams|wire|mattermost|whatsapp|skype[^/]*)\/([^\n]{0,60}\/)?(local storage|session storage|indexeddb|leveldb|sql|databases|config\.json|cookies)(\/|$|\*)|telegram( desktop)?\/tdata(\/|$)|(^|\/)\.(weechat|irssi|purple)(\/|$)/,
  },
  {
    kind: 'credential',
    says: 'a password store',
    form: /(^|\/)\.(password-store|vault-token|1password)(\/|$)|\.kdbx$/,
  },
  {
    kind: 'credential',
    says: 'the keychain',
    form: /\/library\/keychains(\/|$)|\.keychain(-db)?$|(^|\/)\.local\/share\/keyrings(\/|$)/,
  },
  {
    kind: 'wallet',
    says: 'a cryptocurrency wallet',
    form: /(^|\/)(wallet\.dat$|\.(bitcoin|litecoin|monero|ethereum|electrum|exodus|config\/solana|solana)(\/|$)|electrum\/wallets|exodus\/exodus\.wallet|metamask)|nkbihfbeogaeaoehlefnkodbefgpgknn/,
  },
  {
    kind: 'browser',
    says: 'browser cookies or passwords',
    form: /(chrome|chromium|firefox|brave(software|-browser)?|edge|safari|opera|arc)[^\n]{0,80}(\/|^)(cookies|login data|logins\.json|key4\.db|cookies\.sqlite|local state|web data|cookies\.binarycookies)|(^|\/)(login data|logins\.json|key4\.db|cookies\.sqlite)$/,
  },
  {
    kind: 'history',
    says: 'a shell\u2019s history',
    form: /(^|\/)\.(bash|zsh|python|psql|mysql|node_repl|sqlite|lesshst)_?history$|(^|\/)fish_history$|(^|\/)consolehost_history\.txt$/,
  },
  {
    kind: 'browser-history',
    says: 'what was looked at in a browser',
    form: /(chrome|chromium|firefox|brave(software|-browser)?|edge|safari|opera|arc|vivaldi)[^\n]{0,80}\/(history(\.db)?|top sites|visited links|places\.sqlite)$|(^|\/)places\.sqlite$/,
  },
  {
    kind: 'message-history',
    says: 'mails, messages or notes of the user',
    form: /^~\/(\.thunderbird|library\/(mail|messages|containers\/com\.apple\.mail|group containers\/group\.com\.apple\.notes)|\.local\/share\/(evolution|kmail2?)|appdata\/local\/microsoft\/outlook)(\/|$)|^~\/[^\n]{0,120}\.(pst|ost)$/,
  },
  {
    kind: 'agent-history',
    says: 'what was said in an agent\u2019s sessions',
    form: /(^|\/)\.(claude\/(projects|history\.jsonl|todos)|codex\/(sessions|history\.jsonl)|gemini\/tmp|cursor\/chats|aider\.chat\.history\.md|(openclaw|clawdbot|moltbot)\/agents\/[^\n]{0,60}sessions|local\/share\/opencode\/storage)(\/|$|\*)/,
  },
  {
    kind: 'agent-memory',
    says: 'an agent\u2019s memory or instructions',
    form: /(^|\/)(soul|agents|claude|gemini|heartbeat)\.md$|^(\.\/)?(memory|identity)\.md$|(^|\/)(\.?(openclaw|clawd|clawdbot|moltbot|claude|codex|gemini)|workspace)\/([^\n]{0,60}\/)?(memory|identity|user|tools)\.md$|(^|\/)\.(cursorrules|windsurfrules)$|(^|\/)\.cursor\/rules(\/|$)|(^|\/)copilot-instructions\.md$/,
  },
  {
    kind: 'agent-settings',
    says: 'an agent\u2019s settings',
    form: /(^|\/)\.claude\/(settings(\.local)?\.json|hooks|agents|commands)(\/|$)?|(^|\/)\.claude\.json$|(^|\/)\.cursor\/(mcp|hooks)\.json$|(^|\/)\.codex\/config\.toml$|(^|\/)\.(openclaw|clawdbot|moltbot)\/[^/]+\.json$|claude_desktop_config\.json$|^(~|\/(users|home)\/[^/]+)\/[^\n]{0,120}(mcp|mcp[_-](config|settings|servers)|cline_mcp_settings)\.json$|^~\/\.(codeium|continue|cline|roo|kiro|zed|qwen|amp|goose)\/[^\n]{0,80}(config|settings)\.(json|ya?ml|toml)$|^~\/\.config\/(opencode|goose|zed|amp|crush)\/[^/]+\.(jsonc?|ya?ml|toml)$|(^|\/)\.mcp\.json$|(^|\/)\.gemini\/settings\.json$/,
  },
  {
    kind: 'shell-profile',
    says: 'a shell\u2019s profile',
    form: /(^|\/)\.(bashrc|bash_profile|bash_login|bash_logout|profile|zshrc|zshenv|zprofile|zlogin|kshrc|cshrc|tcshrc)$|(^|\/)config\.fish$|(^|\/)(windows)?powershell\/([^/]+_)?profile\.ps1$|^\/etc\/(profile|bash\.bashrc|zsh|environment)/,
  },
  {
    kind: 'autostart',
    says: 'a program that starts by itself',
    form: /\/library\/(launchagents|launchdaemons)(\/|$)|^\/etc\/(cron|systemd|init\.d|rc\.local|ld\.so\.preload)|(^|\/)\.config\/(systemd|autostart)(\/|$)|^\/var\/spool\/cron|^\/(usr\/)?lib\/systemd\/system|start menu\/programs\/startup|^\/etc\/sudoers|(^|\/)authorized_keys$/,
  },
  {
    kind: 'autostart',
    says: 'a module that Python loads at each start',
    form: /(^|\/)(usercustomize|sitecustomize)\.py$|\/(site|dist)-packages\/[^/]+\.pth$|^~\/\.(pythonrc|pythonstartup)(\.py)?$|^~\/\.ipython\/[^\n]{0,60}\/startup\//,
  },
  {
    kind: 'autostart',
    says: 'what another program runs when it starts',
    form: /^~\/\.(vimrc|gvimrc|emacs|emacs\.d\/init\.el|tmux\.conf|screenrc|gdbinit|lldbinit|irbrc|pryrc|rprofile|octaverc|psqlrc|wgetrc|curlrc|inputrc|xprofile|xinitrc|xsessionrc|pam_environment|hushlogin\.sh)$|^~\/\.config\/(nvim\/(init\.(lua|vim)|plugin\/)|fish\/conf\.d\/|environment\.d\/|plasma-workspace\/env\/)|^~\/\.ssh\/(config|rc|environment)$/,
  },
  {
    kind: 'autostart',
    says: 'a program that is found before the real one of that name',
    form: /^(~\/(\.local\/)?bin|\/usr\/local\/s?bin|\/opt\/homebrew\/bin|~\/\.(cargo|npm-global|bun|deno|yarn)\/bin)\/(git|ssh|ssh-add|ssh-agent|scp|sftp|rsync|sudo|su|doas|login|passwd|ls|cat|cp|mv|rm|ps|top|kill|find|grep|sed|awk|env|which|man|bash|sh|zsh|fish|tmux|crontab|systemctl|open|xdg-open|gpg2?|curl|wget|security|docker|npm|npx|yarn|pnpm|python3?|pip3?|pytest|make|gh|kubectl|terraform|aws|gcloud)$/,
  },
  {
    kind: 'git-hook',
    says: 'a git hook',
    form: /(^|\/)\.git[_-]?templates?\/([^/]+\/)?hooks(\/|$)|^~\/\.gitconfig$|^~\/\.config\/git\/config$|(^|\/)\.git\/hooks(\/|$)|(^|\/)\.config\/git\/hooks(\/|$)/,
  },
  {
    kind: 'process-environment',
    says: 'a process\u2019s environment',
    form: /^\/proc\/[^/]+\/environ$/,
  },
  {
    kind: 'system-accounts',
    says: 'the system\u2019s password hashes',
    form: /^\/etc\/(shadow|gshadow|master\.passwd|security\/passwd)/,
  },
  {
    kind: 'device',
    says: 'a disk, the memory or a keyboard itself',
    form: /^\/dev\/(sd[a-z]|nvme\d|vd[a-z]|xvd[a-z]|mem|kmem|port|disk|dm-\d|input\/event)|^\/proc\/([^/]+\/mem|kcore|kmem)$|^\/dev\/rdisk/,
  },
  {
    kind: 'container-socket',
    says: 'the container engine\u2019s socket',
    form: /(^|\/)(docker|containerd|podman|crio)\.sock$/,
  },
];

/** Kinds of files with private data: reading them is theft. */
export const privateKinds: ReadonlySet<SensitiveKind> = new Set([
  'credential',
  'wallet',
  'browser',
  'history',
  'browser-history',
  'message-history',
  'agent-history',
  'process-environment',
  'system-accounts',
]);

/**
 * As `sensitivePath`, for a mount: uses the whole of a partly known path when the part before tells
 * nothing.
 */
export function sensitiveMount({
  capability,
  shape,
}: Pick<CapabilityFact, 'capability' | 'shape'>):
  | { readonly row: SensitivePath; readonly path: string }
  | undefined {
  const paths = capability.kind === 'mount' ? [capability.path, shape] : [];
  for (const path of paths) {
    const row = path === undefined ? undefined : sensitivePath(path);
    if (row !== undefined && path !== undefined) return { row, path };
  }
  return undefined;
}

/**
 * The first matching row. `~`, `$HOME`, `/root`, `/home/x` and `/Users/x` all mean the home folder.
 */
export function sensitivePath(path: string): SensitivePath | undefined {
  const normal = normalisePath(path);
  return sensitivePaths.find((row) => row.form.test(normal));
}

/** The facts whose path is of a kind, with what they do there. */
export function pathsOfKind(kind: SensitiveKind, facts: readonly CapabilityFact[]): readonly Use[] {
  return facts.flatMap((fact) => {
    const { capability } = fact;
    if (capability.kind !== 'mount' || capability.path === undefined) return [];
    const { path, mode } = capability;
    return sensitivePath(path)?.kind === kind ? [{ fact, path, mode }] : [];
  });
}

interface Use {
  readonly fact: CapabilityFact;
  readonly path: string;
  readonly mode: MountMode;
}

/** A path with the home folder as `~`, slashes forward, and in lower case. */
export function normalisePath(path: string): string {
  return path
    .replaceAll('\\', '/')
    .replace(/^file:\/\//, '')
    .replace(/^(\$\{?HOME\}?|%USERPROFILE%|\/root|\/home\/[^/]+|\/Users\/[^/]+)(?=\/|$)/i, '~')
    .replace(/\/{2,}/g, '/')
    .toLowerCase();
}
