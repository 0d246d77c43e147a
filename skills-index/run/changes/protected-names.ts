/**
 * Names that a host or an agent executes or obeys, wherever they lie in a folder: no run brings or
 * changes them.
 */
import { pathTwinKey } from '../../skill/bundle-path.ts';

/**
 * Where they are absent at the top of a writable mount, one with nothing in it stands for the time
 * of the run. A slash at the end says folder.
 */
export const heldShut: readonly string[] =
  '.git/ .claude/ .vscode/ AGENTS.md CLAUDE.md .mcp.json .envrc package.json'.split(' ');

/**
 * What stands in the place of a file that is absent: programs that read it must not fail over it,
 * as Node does over an empty `package.json`.
 */
export function placeholderText(path: string): '{}' | '' {
  return path.endsWith('.json') ? '{}' : '';
}

/** Shut where they are there; removed after the run where they are new. */
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
  // Editors, on opening.
  '.clangd .devcontainer.json .devfile.yaml .dir-locals.el .dir-locals-2.el .exrc .fleet .gitpod.yml .idea .lvimrc .nvim.lua .nvimrc',
  '.project .replit .settings .vimrc .vimspector.json .vs .ycm_extra_conf.py devfile.yaml',
  // Shells and version managers, on entering the folder.
  '.autoenv .autoenv.zsh .direnv .env .flaskenv .mise .mise.toml .mise.local.toml .rtx.toml .shadowenv.d .tool-versions',
  'mise.toml mise.local.toml rust-toolchain rust-toolchain.toml',
  // Shells, debuggers and interpreters, on starting.
  '.bash_aliases .bash_login .bash_logout .bash_profile .bashrc .cshrc .kshrc .login .logout .pam_environment .profile .tcshrc .xprofile',
  '.xsessionrc .zlogin .zlogout .zprofile .zshenv .zshrc',
  '.Renviron .Rprofile .byebugrc .gdbearlyinit .gdbinit .ghci .iex.exs .irbrc .latexmkrc .lldbinit .ocamlinit .octaverc .pdbrc .perldb',
  '.pryrc latexmkrc',
  // Package managers and builds.
  '.bazelrc .bazelversion .bundle .cargo .gradle .jvmopts .mvn .npmrc .pnp.cjs .pnpmfile.cjs .pnpmfile.mjs .pylintrc .terraform .yarn',
  '.yarnrc .yarnrc.yml bunfig.toml',
  // Settings of a user, where the folder is a home.
  '.aws .config .curlrc .forward .gnupg .inputrc .kube .local .netrc .screenrc .ssh .tmux.conf .vim .wgetrc',
  // Jobs of a forge.
  '.buildkite .circleci .forgejo .gitea .gitlab-ci.yml .travis.yml .woodpecker.yml',
].flatMap((line) => line.split(' '));

/** As above, in lower case. */
const families = [
  /\.(?:code-workspace|sublime-project)$/,
  // Samples and settings of tests are what people commit.
  /^\.env\.(?!dist$|example$|sample$|template$|test$)/,
  /^\.?mise\.[^.]+(?:\.local)?\.toml$/,
  /^\.?lefthook(?:-local)?\.(?:jsonc?|toml|ya?ml)$/,
  /^(?:\.lintstagedrc|\.huskyrc)(?:\.|$)/,
  /^lint-staged\.config\./,
  /^\.?simple-git-hooks\./,
];

/** Further names that host policy says hosts or agents obey. */
export type FurtherNames = readonly string[];

const names = new Set([...heldShut.map((name) => name.replace('/', '')), ...others]);
const folded = new Set([...names].map(fold));

/**
 * Whether hosts or agents obey an entry of this name, also where a file system takes it for one
 * that they obey: other case, other Unicode form, characters that HFS+ leaves out, dots and blanks
 * that NTFS leaves out, any of its short names.
 */
export function isProtectedName(name: string, further: FurtherNames = []): boolean {
  const one = fold(name);
  if (folded.has(one) || families.some((family) => family.test(one))) return true;
  return /^[^.~]{1,6}~\d+(\.[^.]{1,3})?$/.test(one) || further.some((other) => fold(other) === one);
}

/**
 * Whether a path is shut. Packages that were installed before the run bring such paths by the
 * thousand.
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

// Parts that make any folder a repository to git, whose `config` it then obeys
// (gitrepository-layout(5)).
const repositoryParts = new Set(['HEAD', 'commondir', 'objects', 'refs']);

/** Whether a folder with these parts is a repository to git. */
export function isRepository(has: (name: string) => boolean): boolean {
  return has('HEAD') && (has('commondir') || (has('objects') && has('refs')));
}

/**
 * Whether an entry that is new makes the folder of its siblings a repository, also where case does
 * not count.
 */
export function makesRepository(name: string, siblings: ReadonlySet<string>): boolean {
  if (!foldedParts.has(fold(name))) return false;
  const there = foldedNames.get(siblings) ?? new Set([...siblings].map(fold));
  foldedNames.set(siblings, there);
  return isRepository((one) => there.has(fold(one)));
}

const foldedParts = new Set([...repositoryParts].map(fold));
// Of a folder once, however many of its names look like these parts.
const foldedNames = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();

/**
 * Why a path of changes that wait is not for the folder; undefined when it may be.
 * @param isNew whether the folder has no such path
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

/** Why such a path is not taken over. */
export const obeyed = 'hosts or agents obey it';

/**
 * Why a file is not for the folder whose content nobody can read, and which Python runs all the
 * same; undefined for any other.
 */
export function whyBytecodeRefused(path: string): string | undefined {
  const parts = path.split('/').map(fold);
  const name = parts.at(-1) ?? '';
  if (parts.includes('__pycache__') || /\.py[co]$/.test(name))
    return 'compiled Python, which runs in place of its source';
  // Elsewhere the ending is one of models.
  const isOnPath = parts.some((part) => part === 'site-packages' || part === 'dist-packages');
  return isOnPath && name.endsWith('.pth') ? 'Python runs its lines at each start' : undefined;
}

/**
 * Why a path, or what a link leads to, cannot be read by a person as what it is; undefined when it
 * can.
 */
export function whyTextRefused(name: string): string | undefined {
  if (name.includes('\u{fffd}')) return 'its name is not UTF-8';
  return /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(name)
    ? 'its name holds controls'
    : undefined;
}

/**
 * Equal for names that some file system takes for one; what HFS+ and NTFS leave out is left out.
 */
function fold(name: string): string {
  const seen = name.replace(/\p{Default_Ignorable_Code_Point}/gu, '').replace(/:.*$/s, '');
  return pathTwinKey(seen).replace(/[. ]+$/, '');
}
