/**
 * Names of files and folders that a host or an agent executes or obeys, anywhere in a folder. No
 * run may create or change them.
 */
import { pathTwinKey } from '../../skill/bundle-path.ts';

/**
 * Names that are blocked even when absent: an empty placeholder stands at the top of each writable
 * mount during a run. A slash at the end means a folder.
 */
export const heldShut: readonly string[] =
  '.git/ .claude/ .vscode/ AGENTS.md CLAUDE.md .mcp.json .envrc package.json'.split(' ');

/**
 * The content of the placeholder for an absent file. A program that reads the placeholder must not
 * fail, as Node does on an empty `package.json`.
 */
export function placeholderText(path: string): '{}' | '' {
  return path.endsWith('.json') ? '{}' : '';
}

/**
 * Names that are write-protected where they exist, and deleted after the run where they are new.
 */
const others = [
  // Agents: instructions, settings, commands.
  '.agents .aider.conf.yml .clinerules .codex .continue .cursor .cursorrules .devcontainer .gemini .goose .goosehints .hermes',
  '.junie .kiro .opencode .openhands .roo .windsurf .windsurfrules CLAUDE.local.md GEMINI.md opencode.json opencode.jsonc',
  '.amazonq .augment .copilot .crush .qwen .roomodes .rules .trae .zed AGENT.md AGENTS.override.md CRUSH.md QWEN.md WARP.md',
  '.agent .aiassistant .amp .augment-guidelines .claude-plugin .clineignore .codebuddy .continuerules .crush.json .cursorignore .factory',
  '.firebender .grok .idx .iflow .kilocode .kilocodemodes .kimi .lingma .opencode.json .openhands_instructions .roorules .serena .zencoder',
  'CODEBUDDY.md GROK.md IFLOW.md JULES.md crush.json gemini-extension.json replit.md skillgate.json skillgate.lock',
  // Version control and its hooks.
  '.gitattributes .gitconfig .githooks .github .gitmodules .hg .husky .jj .svn .overcommit.yml .pre-commit-config.yaml',
  '.pre-commit-config.yml prek.toml',
  // Files that editors obey when a folder is opened.
  '.clangd .devcontainer.json .devfile.yaml .dir-locals.el .dir-locals-2.el .exrc .fleet .gitpod.yml .idea .lvimrc .nvim.lua .nvimrc',
  '.project .replit .settings .vimrc .vimspector.json .vs .ycm_extra_conf.py devfile.yaml',
  // Files that shells and version managers obey when a folder is entered.
  '.autoenv .autoenv.zsh .direnv .env .flaskenv .mise .mise.toml .mise.local.toml .rtx.toml .shadowenv.d .tool-versions',
  'mise.toml mise.local.toml rust-toolchain rust-toolchain.toml',
  // Files that shells, debuggers and interpreters obey when they start.
  '.bash_aliases .bash_login .bash_logout .bash_profile .bashrc .cshrc .kshrc .login .logout .pam_environment .profile .tcshrc .xprofile',
  '.xsessionrc .zlogin .zlogout .zprofile .zshenv .zshrc',
  '.Renviron .Rprofile .byebugrc .gdbearlyinit .gdbinit .ghci .iex.exs .irbrc .latexmkrc .lldbinit .ocamlinit .octaverc .pdbrc .perldb',
  '.pryrc latexmkrc',
  // Package managers and builds.
  '.bazelrc .bazelversion .bundle .cargo .gradle .jvmopts .mvn .npmrc .pnp.cjs .pnpmfile.cjs .pnpmfile.mjs .pylintrc .terraform .yarn',
  '.yarnrc .yarnrc.yml bunfig.toml',
  // A user's settings, where the folder is a home folder.
  '.aws .config .curlrc .forward .gnupg .inputrc .kube .local .netrc .screenrc .ssh .tmux.conf .vim .wgetrc',
  // CI jobs of a code forge.
  '.buildkite .circleci .forgejo .gitea .gitlab-ci.yml .travis.yml .woodpecker.yml',
].flatMap((line) => line.split(' '));

/** Families of protected names, in lower case. */
const families = [
  /\.(?:code-workspace|sublime-project)$/,
  // Sample and test settings are committed on purpose, so they are allowed.
  /^\.env\.(?!dist$|example$|sample$|template$|test$)/,
  /^\.?mise\.[^.]+(?:\.local)?\.toml$/,
  /^\.?lefthook(?:-local)?\.(?:jsonc?|toml|ya?ml)$/,
  /^(?:\.lintstagedrc|\.huskyrc)(?:\.|$)/,
  /^lint-staged\.config\./,
  /^\.?simple-git-hooks\./,
];

/** Additional protected names from host policy. */
export type FurtherNames = readonly string[];

const names = new Set([...heldShut.map((name) => name.replace('/', '')), ...others]);
const folded = new Set([...names].map(fold));

/**
 * Whether hosts or agents obey an entry of this name. File systems that treat other spellings as
 * the same name count as well: other case, other Unicode forms, characters that HFS+ ignores, dots
 * and spaces that NTFS drops, and short names.
 */
export function isProtectedName(name: string, further: FurtherNames = []): boolean {
  const one = fold(name);
  if (folded.has(one) || families.some((family) => family.test(one))) return true;
  return /^[^.~]{1,6}~\d+(\.[^.]{1,3})?$/.test(one) || further.some((other) => fold(other) === one);
}

/**
 * Whether a path is write-protected. Paths below `node_modules` are not, because installed packages
 * contain such names by the thousand.
 */
export function isShut(path: string, further: FurtherNames = []): boolean {
  const above = path.split('/');
  const name = above.pop() ?? '';
  if (name === '.git') return true;
  const isObeyed =
    names.has(name) ||
    further.includes(name) ||
    families.some((family) => family.test(name.toLowerCase()));
  return isObeyed && !above.includes('node_modules');
}

// Entries that make git treat any folder as a repository and obey its `config`
// (gitrepository-layout(5)).
const repositoryParts = new Set(['HEAD', 'commondir', 'objects', 'refs']);

/** Whether git treats a folder with these entries as a repository. */
export function isRepository(has: (name: string) => boolean): boolean {
  return has('HEAD') && (has('commondir') || (has('objects') && has('refs')));
}

/**
 * Whether a new entry turns its folder into a git repository, also on file systems that ignore
 * case.
 */
export function makesRepository(name: string, siblings: ReadonlySet<string>): boolean {
  if (!foldedParts.has(fold(name))) return false;
  const there = foldedNames.get(siblings) ?? new Set([...siblings].map(fold));
  foldedNames.set(siblings, there);
  return isRepository((one) => there.has(fold(one)));
}

const foldedParts = new Set([...repositoryParts].map(fold));
// Folded names are computed once for each folder, however many of its names look like parts of a
// repository.
const foldedNames = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();

/**
 * Why a changed path must not be applied; undefined when it may be.
 * @param isNew whether the folder has no such path yet
 */
export function whyPathRefused(
  path: string,
  isNew: boolean,
  further: FurtherNames = [],
): string | undefined {
  const parts = path.split('/');
  const held = (_: string, index: number): boolean =>
    isShut(parts.slice(0, index + 1).join('/'), further);
  if (parts.some(held) || (isNew && isProtectedName(parts.at(-1) ?? '', further))) return obeyed;
  return whyTextRefused(path);
}

/** The reason for which a protected path is not applied. */
export const obeyed = 'hosts or agents obey it';

/**
 * Why a compiled Python file must not be applied: nobody can read it, yet Python runs it. Undefined
 * for any other file.
 */
export function whyBytecodeRefused(path: string): string | undefined {
  const parts = path.split('/').map(fold);
  const name = parts.at(-1) ?? '';
  if (parts.includes('__pycache__') || /\.py[co]$/.test(name))
    return 'compiled Python, which runs in place of its source';
  // Elsewhere, `.pth` is the extension of machine-learning models.
  const isOnPath = parts.some((part) => part === 'site-packages' || part === 'dist-packages');
  return isOnPath && name.endsWith('.pth') ? 'Python runs its lines at each start' : undefined;
}

/** Why a person cannot read a path or link target as it is; undefined when they can. */
export function whyTextRefused(name: string): string | undefined {
  if (name.includes('\u{fffd}')) return 'its name is not UTF-8';
  return /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(name)
    ? 'its name contains control characters'
    : undefined;
}

/**
 * A key that is equal for names that some file system treats as one: characters that HFS+ and NTFS
 * ignore are removed.
 */
function fold(name: string): string {
  const seen = name.replace(/\p{Default_Ignorable_Code_Point}/gu, '').replace(/:.*$/s, '');
  return pathTwinKey(seen).replace(/[. ]+$/, '');
}

/** The name or path, of which `latin` has one character for each byte, as text. */
export function textOf(latin: string): string {
  return Buffer.from(latin, 'latin1').toString('utf8');
}
