/**
 * Names what a run changed in git's own folder beside commits: settings, hooks and the like, which
 * git obeys and which therefore stay in the view.
 */
import * as fs from 'node:fs';
import { readHead } from '../files/given-folder.ts';
import { readBelow } from '../files/read-below.ts';
import { withHandle } from '../files/walk-folder.ts';
import { gitFilesMax, gitSettingsBytesMax } from '../limits.ts';

// The entries of git's folder that git obeys, with the words for a person.
const obeyedEntries: readonly (readonly [name: string, words: string])[] = [
  ['config', 'its settings (config: names, remotes, aliases)'],
  ['config.worktree', 'its settings (config.worktree)'],
  ['hooks', 'its hooks'],
  ['info', 'its rules (info: attributes, exclude)'],
  ['modules', 'the repositories of its submodules'],
  ['worktrees', 'its further work trees, but not their branches'],
];

// What `git init` writes, in any version.
const usualSettings =
  /^(?:\[core\]|repositoryformatversion = [01]|filemode = \w+|bare = false|logallrefupdates = true|\[extensions\]|objectformat = sha256|)$/;

/**
 * @param view git's folder in the view
 * @param host git's folder of the host; absent for a new repository
 * @returns what stays in the view, in words
 */
export function leftInGitFolder(view: string, host: string | undefined): string[] {
  const left = obeyedEntries.filter(([name]) => {
    const now = stateOf(view, name);
    return host === undefined
      ? !isUsual(name, now)
      : now !== undefined && now !== stateOf(host, name);
  });
  const older = newStashes(view, host).length - 1;
  return [
    ...left.map(([, words]) => `${words} stay in the view`),
    ...(older > 0
      ? [
          `only the newest stash comes over: ${older} older ${older === 1 ? 'stash stays' : 'stashes stay'} in the view`,
        ]
      : []),
  ];
}

// The commits of stashes that the host lacks. Git lists stashes in the log of one reference.
function newStashes(view: string, host: string | undefined): string[] {
  const stashesOf = (folder: string): string[] => {
    const text = Buffer.from(
      readBelow(folder, 'logs/refs/stash', gitSettingsBytesMax) ?? '',
    ).toString('latin1');
    return text.match(/^[0-9a-f]{40,64} [0-9a-f]{40,64}/gm) ?? [];
  };
  const known = new Set(host === undefined ? [] : stashesOf(host));
  return stashesOf(view).filter((line) => !known.has(line));
}

function isUsual(name: string, state: string | undefined): boolean {
  if (state === undefined || state === '') return true;
  if (name === 'config') return state.split('\n').every((line) => usualSettings.test(line.trim()));
  return name === 'info' && /^exclude\n(?:#.*\n|\n)*$/.test(state);
}

/** The names and texts of an entry, as one text; undefined where there is none. */
function stateOf(folder: string, name: string): string | undefined {
  const at = `${folder}/${name}`;
  const stats = fs.lstatSync(at, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isDirectory()) return fileText(at) ?? 'another kind of entry';
  return withHandle(at, (self) => {
    const names = fs
      .readdirSync(`${self}/`)
      .filter((one) => !one.endsWith('.sample'))
      .sort();
    if (names.length > gitFilesMax) return `${names.length} entries`;
    return names.map((one) => `${one}\n${fileText(`${self}/${one}`) ?? ''}`).join('\n');
  });
}

function fileText(at: string): string | undefined {
  try {
    const found = readHead(at, gitSettingsBytesMax);
    if (found === undefined) return undefined;
    const { mode, size } = found.stats;
    const isExecutable = (mode & 0o100) === 0 ? '' : '#!';
    return size > gitSettingsBytesMax
      ? `${size} bytes`
      : isExecutable + found.bytes.toString('latin1');
  } catch {
    // A link, a socket, or gone.
    return undefined;
  }
}
