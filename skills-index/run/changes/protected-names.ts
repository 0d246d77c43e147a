/**
 * Names of files and folders that a host or an agent executes or obeys, anywhere in a folder. A
 * change of such a path reaches the host only when a person names the path, or never.
 */
import { pathTwinKey } from '../../skill/bundle-path.ts';

const listed = [
  '.claude .vscode AGENTS.md CLAUDE.md .mcp.json .envrc package.json',
  // Instructions, settings and commands of agents.
  '.agents .aider.conf.yml .clinerules .codex .continue .cursor .cursorrules .devcontainer .gemini .goose .goosehints .hermes',
  '.junie .kiro .opencode .openhands .roo .windsurf .windsurfrules CLAUDE.local.md GEMINI.md opencode.json opencode.jsonc',
  '.amazonq .augment .copilot .crush .qwen .roomodes .rules .trae .zed AGENT.md AGENTS.override.md CRUSH.md QWEN.md WARP.md',
  '.agent .aiassistant .amp .augment-guidelines .claude-plugin .clineignore .codebuddy .continuerules .crush.json .cursorignore .factory',
  '.firebender .grok .idx .iflow .kilocode .kilocodemodes .kimi .lingma .opencode.json .openhands_instructions .roorules .serena .zencoder',
  'CODEBUDDY.md GROK.md IFLOW.md JULES.md crush.json gemini-extension.json replit.md skillgate.json skillgate.lock',
  // Files and folders of version control and its hooks.
  '.gitattributes .gitconfig .githooks .github .gitmodules .husky .overcommit.yml .pre-commit-config.yaml',
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
  // Settings of package managers and builds.
  '.bazelrc .bazelversion .bundle .cargo .gradle .jvmopts .mvn .npmrc .pnp.cjs .pnpmfile.cjs .pnpmfile.mjs .pylintrc .terraform .yarn',
  '.yarnrc .yarnrc.yml bunfig.toml',
  // A user's settings, where the mounted folder is a home folder.
  '.aws .config .curlrc .forward .gnupg .inputrc .kube .local .netrc .screenrc .ssh .tmux.conf .vim .wgetrc',
  // Definitions of CI jobs.
  '.buildkite .circleci .forgejo .gitea .gitlab-ci.yml .travis.yml .woodpecker.yml',
].flatMap((line) => line.split(' '));

/** Families of protected names, in lower case. */
const families = [
  /\.(?:code-workspace|sublime-project)$/,
  // People commit sample and test settings on purpose, so these names are allowed.
  /^\.env\.(?!dist$|example$|sample$|template$|test$)/,
  /^\.?mise\.[^.]+(?:\.local)?\.toml$/,
  /^\.?lefthook(?:-local)?\.(?:jsonc?|toml|ya?ml)$/,
  /^(?:\.lintstagedrc|\.huskyrc)(?:\.|$)/,
  /^lint-staged\.config\./,
  /^\.?simple-git-hooks\./,
];

/** Additional protected names from host policy. */
export type FurtherNames = readonly string[];

const names = new Set(listed);
const folded = new Set(listed.map(fold));

// The folders in which version control keeps its settings and hooks.
const controlNames = new Set(['.git', '.hg', '.jj', '.svn', '.sl', '.bzr', '.pijul', '_darcs']);
const controlShortNames = /^(?:git|hg|jj|svn|sl|bzr|pijul)~\d+$/;

/**
 * Whether hosts or agents obey an entry of this name. Other spellings count when some file system
 * treats them as the same name: other case, other Unicode forms, characters that HFS+ ignores, dots
 * and spaces that NTFS drops, and short names.
 */
export function isProtectedName(name: string, further: FurtherNames = []): boolean {
  const one = fold(name);
  if (folded.has(one) || families.some((family) => family.test(one))) return true;
  if (isVersionControl(name)) return true;
  return /^[^.~]{1,6}~\d+(\.[^.]{1,3})?$/.test(one) || further.some((other) => fold(other) === one);
}

/**
 * Whether hosts or agents obey an entry that the folder had before the run: exactly the listed
 * names count, since people keep notes in `docs/agents.md`. Below `node_modules` no name counts,
 * because installed packages contain protected names by the thousand.
 */
export function isObeyedThere(path: string, further: FurtherNames = []): boolean {
  const above = path.split('/');
  const name = above.pop() ?? '';
  const isObeyed =
    names.has(name) ||
    further.includes(name) ||
    families.some((family) => family.test(name.toLowerCase()));
  return isObeyed && !above.includes('node_modules');
}

/**
 * Whether version control keeps its settings and hooks in an entry of this name, in any spelling
 * that some file system treats as the same name.
 */
export function isVersionControl(name: string): boolean {
  const one = fold(name);
  return controlNames.has(one) || controlShortNames.test(one);
}

// The entries that make git treat any folder as a repository and obey the folder's `config`
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

/** Whether some file system takes a name for `HEAD`, which every repository has. */
export function isHead(name: string): boolean {
  return fold(name) === foldedHead;
}

const foldedHead = fold('HEAD');
const foldedParts = new Set([...repositoryParts].map(fold));
// The code folds the names of a folder once, however many of the folder's names look like parts of
// a repository.
const foldedNames = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();

/**
 * Whether hosts or agents obey a changed path.
 * @param isNew whether the folder has no such path yet
 */
export function isObeyedPath(path: string, isNew: boolean, further: FurtherNames = []): boolean {
  const parts = path.split('/');
  return (
    parts.some((_, end) => isObeyedThere(parts.slice(0, end + 1).join('/'), further)) ||
    (isNew && isProtectedName(parts.at(-1) ?? '', further))
  );
}

/** Returns why no change of a path may be applied; undefined for other paths. */
export function whyPathRefused(path: string): string | undefined {
  return path.split('/').some(isVersionControl) ? controlled : whyTextRefused(path);
}

/** The reason for which Skillgate applies no change to the files of version control. */
export const controlled = 'version control on the host obeys it';

/** The reason for which a change waits until a person names its path. */
export const obeyed = 'hosts or agents obey it';

/**
 * Returns why a compiled Python file must not be applied: nobody can read the file, yet Python runs
 * it. Returns undefined for any other file.
 */
export function whyBytecodeRefused(path: string): string | undefined {
  const parts = path.split('/').map(fold);
  const name = parts.at(-1) ?? '';
  if (parts.includes('__pycache__') || /\.py[co]$/.test(name))
    return 'compiled Python, which runs in place of its source';
  // Outside Python's package folders, `.pth` is the extension of machine-learning models.
  const isOnPath = parts.some((part) => part === 'site-packages' || part === 'dist-packages');
  return isOnPath && name.endsWith('.pth') ? 'Python runs its lines at each start' : undefined;
}

/**
 * Returns why a person cannot read a path or link target as it is; undefined for a readable text.
 */
export function whyTextRefused(name: string): string | undefined {
  if (name.includes('\u{fffd}')) return 'its name is not UTF-8';
  return /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(name)
    ? 'its name contains control characters'
    : undefined;
}

/**
 * Returns a key that is equal for names that some file system treats as the same name: characters
 * that HFS+ and NTFS ignore are removed.
 */
function fold(name: string): string {
  const seen = name.replace(/\p{Default_Ignorable_Code_Point}/gu, '').replace(/:.*$/s, '');
  return pathTwinKey(seen).replace(/[. ]+$/, '');
}

/** Decodes a name or path as text. `latin` has one character for each byte of the name. */
export function textOf(latin: string): string {
  return Buffer.from(latin, 'latin1').toString('utf8');
}
