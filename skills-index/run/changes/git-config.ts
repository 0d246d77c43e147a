/**
 * Finds the paths of a folder that the settings of its git repository name: hooks, filters, further
 * settings. Git on the host runs or reads these paths, whatever their names are. Pure.
 */
// The keys whose values are commands or paths (git-config(1)).
const keysOfPaths =
  /(?:path|file|command|cmd|program|editor|pager|askpass|fsmonitor|clean|smudge|process|textconv|driver|helper|hook|template|worktree)$/;

/**
 * @param text the content of a `config`, as Latin-1 text of its bytes
 * @param folder the folder of the repository below the mount; empty for the mount itself
 * @param host the path of the mount on the host
 * @returns paths below the mount, which need not exist
 */
export function pathsInGitConfig(text: string, folder: string, host: string): string[] {
  let section = '';
  const found: string[] = [];
  for (const line of text.replace(/\\\r?\n/g, '').split(/\r?\n/)) {
    const heading = /^\s*\[\s*([\w.-]+)[^\]]*\]/.exec(line);
    section = heading?.[1]?.toLowerCase() ?? section;
    const [, key, value] = /^\s*([\w-]+)\s*=(.*)$/.exec(line.slice(heading?.[0].length ?? 0)) ?? [];
    if (key === undefined || value === undefined) continue;
    if (section === 'alias' || keysOfPaths.test(key.toLowerCase()))
      found.push(...wordsOf(value.replaceAll('\\', '')));
  }
  return [...new Set(found.flatMap((word) => pathsOf(word, folder, host)))];
}

function wordsOf(value: string): string[] {
  return [value.trim().replace(/^"|"$/g, ''), ...value.split(/[\s"'`;|&()<>$!=]+/)];
}

// Git takes a path from the top of the work tree, or from the folder of the settings.
function pathsOf(word: string, folder: string, host: string): string[] {
  const inside = word.startsWith(`${host}/`) ? `/${word.slice(host.length + 1)}` : word;
  if (inside.startsWith('/') && inside === word) return [];
  const tops = inside === word ? [folder, `${folder}/.git`] : [''];
  return tops
    .map((top) => plainPath(`${top}/${inside}`))
    .filter((path) => path !== '' && path !== folder);
}

function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/'))
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  return parts.join('/');
}
