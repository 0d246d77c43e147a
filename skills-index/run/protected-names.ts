/** Names that a host or an agent executes or obeys, wherever they lie in a folder: no run brings or changes them. */
import { pathTwinKey } from '../skill/bundle-path.ts';

/** Where they are absent at the top of a writable mount, one with nothing in it stands for the time of the run. A slash at the end says folder. */
export const heldShut: readonly string[] = '.git/ .claude/ .vscode/ AGENTS.md CLAUDE.md .mcp.json .envrc package.json'.split(' ');

/** What stands in the place of a file that is absent: programs that read it must not fail over it, as Node does over an empty `package.json`. */
export function placeholderText(path: string): '{}' | '' {
  return path.endsWith('.json') ? '{}' : '';
}

/** Shut where they are there; removed after the run where they are new. */
const others = [
  '.agents .aider.conf.yml .clinerules .codex .continue .cursor .cursorrules .devcontainer .gemini .goose .goosehints .hermes',
  '.junie .kiro .opencode .openhands .roo .windsurf .windsurfrules CLAUDE.local.md GEMINI.md opencode.json',
  '.config .direnv .exrc .gitconfig .github .gitmodules .husky .idea .pre-commit-config.yaml .ssh skillgate.json skillgate.lock',
  '.bash_login .bash_logout .bash_profile .bashrc .profile .zlogin .zprofile .zshenv .zshrc',
  '.mise .mise.toml .mise.local.toml .npmrc .pnp.cjs .pnpmfile.cjs .pnpmfile.mjs .tool-versions .yarn .yarnrc .yarnrc.yml bunfig.toml',
  'mise.toml mise.local.toml',
  '.amazonq .augment .copilot .crush .qwen .roomodes .rules .trae .zed AGENT.md AGENTS.override.md CRUSH.md QWEN.md WARP.md',
  '.devcontainer.json .githooks .fleet .vs .gitattributes .hg .jj .svn lefthook.yml .lefthook.yml',
  '.bazelrc .bundle .cargo .gradle .latexmkrc .mvn .pylintrc .Rprofile latexmkrc',
  '.dir-locals.el .env .gdbinit .lldbinit .lvimrc .nvimrc .vimrc',
  '.buildkite .circleci .forgejo .gitea .gitlab-ci.yml .travis.yml .woodpecker.yml',
].flatMap((line) => line.split(' '));

const names = new Set([...heldShut.map((name) => name.replace('/', '')), ...others]);
const folded = new Set([...names].map(fold));

/**
 * Whether hosts or agents obey an entry of this name, also where a file system takes it for one that they obey: other case, other
 * Unicode form, characters that HFS+ leaves out, dots and blanks that NTFS leaves out, any of its short names.
 */
export function isProtectedName(name: string): boolean {
  const one = fold(name);
  return folded.has(one) || one.endsWith('.code-workspace') || /^[^.~]{1,6}~\d+(\.[^.]{1,3})?$/.test(one);
}

/** Whether a path is shut. Packages that were installed before the run bring such paths by the thousand. */
export function isShut(path: string): boolean {
  const above = path.split('/');
  const name = above.pop() ?? '';
  return name === '.git' || (names.has(name) && !above.includes('node_modules'));
}

// Parts that make any folder a repository to git, whose `config` it then obeys (gitrepository-layout(5)).
const repositoryParts = new Set(['HEAD', 'commondir', 'objects', 'refs']);

/** Whether a folder with these parts is a repository to git. */
export function isRepository(has: (name: string) => boolean): boolean {
  return has('HEAD') && (has('commondir') || (has('objects') && has('refs')));
}

/** Whether an entry that is new makes the folder of its siblings a repository, also where case does not count. */
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
export function whyPathRefused(path: string, isNew: boolean): string | undefined {
  const parts = path.split('/');
  const held = (_: string, index: number): boolean => isShut(parts.slice(0, index + 1).join('/'));
  if (parts.some(held) || (isNew && isProtectedName(parts.at(-1) ?? ''))) return 'hosts or agents obey it';
  return whyTextRefused(path);
}

/** Why a path, or what a link leads to, cannot be read by a person as what it is; undefined when it can. */
export function whyTextRefused(name: string): string | undefined {
  if (name.includes('\u{fffd}')) return 'its name is not UTF-8';
  return /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(name) ? 'its name holds controls' : undefined;
}

/** Equal for names that some file system takes for one; what HFS+ and NTFS leave out is left out. */
function fold(name: string): string {
  const seen = name.replace(/\p{Default_Ignorable_Code_Point}/gu, '').replace(/:.*$/s, '');
  return pathTwinKey(seen).replace(/[. ]+$/, '');
}
