/**
 * The changes of files that hosts or agents obey: each with who obeys the file, and the commands
 * and packages that the change brings. A person accepts these changes one by one.
 */
import { parse } from 'yaml';
import type { WaitingChanges } from '../../runner/changes/waiting.ts';
import { readBelow } from '../../runner/files/read-below.ts';
import { type Change, type ChangedFolder, kindOf } from '../../skills-index/run/changes/changes.ts';
import { isObeyedPath } from '../../skills-index/run/changes/protected-names.ts';
import {
  decisionsIn,
  exactName,
  obeyedIn,
  type PlacedRef,
} from '../../skills-index/run/changes/select-changes.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { count, type OutputInk, type Safe, safe, shortText } from '../terminal/output.ts';
import { optionText, spellPath, spellRef } from './references.ts';

export const diffTextBytesMax = 256 * 1024;

/** Changes that need a decision and are listed first, and lines of commands for each. */
const obeyedFilesMax = 50;

const obeyedLinesMax = 50;

/** Who obeys a file, by its path in lower case; the first that matches. */
const readers: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)package\.json$/, 'npm and other tools run its scripts and fetch its packages'],
  [
    /(?:^|\/)\.(?:github|forgejo|gitea|circleci|buildkite)\/|(?:^|\/)\.(?:gitlab-ci|travis|woodpecker)\.yml$/,
    'CI runs its commands',
  ],
  [
    /(?:^|\/)\.(?:husky|githooks)\/|lefthook|pre-commit|overcommit|prek\.toml|lint-?staged|git-hooks/,
    'git on this host runs its commands as hooks',
  ],
  [/(?:^|\/)\.(?:git[a-z]+)$/, 'git on this host obeys it'],
  [
    /(?:^|\/)\.(?:vscode|idea|zed|vs|fleet|devcontainer|settings|project)\b|\.code-workspace$|\.sublime-project$|vim/,
    'your editor obeys it when it opens the folder',
  ],
  [
    /(?:^|\/)(?:\.npmrc|\.yarnrc[^/]*|\.pnpmfile[^/]*|\.cargo|\.bundle|\.gradle|\.mvn|\.bazelrc|bunfig\.toml)/,
    'package managers and builds obey it',
  ],
  [
    /(?:^|\/)(?:\.envrc|\.env\b[^/]*|\.direnv|\.?mise[^/]*|\.tool-versions|\.autoenv[^/]*|\.[a-z]*(?:profile|rc|login|logout|env))$/,
    'your shell or your tools obey it when they enter the folder',
  ],
  [
    /\.md$|rules|\.(?:claude|codex|cursor|gemini|agents?|opencode|continue|roo|kiro)\b|\.mcp\.json$|opencode|crush/,
    'agents on this host obey it',
  ],
];

/** The section of `changes show`; empty where no change needs a decision. */
export function obeyedSection(waiting: WaitingChanges, ink: OutputInk): Safe[] {
  const { folders, run } = waiting.set;
  const id = run.slice(0, 8);
  const refs = folders.flatMap((folder) =>
    decisionsIn(folder).refs.map((placed) => ({ folder, placed })),
  );
  const obeyed = folders.flatMap((folder) =>
    decisionsIn(folder).changes.map((change) => ({ folder, change })),
  );
  const number = refs.length + obeyed.length;
  if (number === 0) return [];
  const what = [
    ...(refs.length > 0 ? [count(refs.length, 'branch or tag', 'branches or tags')] : []),
    ...(obeyed.length > 0
      ? [`${count(obeyed.length, 'change')} of files that hosts or agents obey`]
      : []),
  ].join(', ');
  const name = refs.length === 0 ? 'its path' : 'it';
  const each =
    number === 1 ? 'it waiting until you name it' : `each waiting until you name ${name}`;
  const shownRefs = refs.slice(0, obeyedFilesMax);
  const shown = obeyed.slice(0, obeyedFilesMax);
  const more = number - shownRefs.length - shown.length;
  const [first] = shown;
  return [
    safe`${ink.red('needs a decision')}: ${what}; changes accept leaves ${each}`,
    ...shownRefs.flatMap(({ folder, placed }) => refSection(waiting, folder, placed, ink)),
    ...shown.flatMap(({ folder, change }) => linesOf(waiting, folder, change, ink)),
    ...(more > 0 ? [safe`  … ${count(more, 'more change')}, marked below`] : []),
    ...(first === undefined
      ? []
      : [
          safe`  to accept one as well: skillgate changes accept ${id} ${optionText('--include', first.change.path)}`,
        ]),
  ];
}

// A branch brings the files of its commits. A file alone would leave the commits waiting.
function refSection(
  waiting: WaitingChanges,
  folder: ChangedFolder,
  placed: PlacedRef,
  ink: OutputInk,
): Safe[] {
  const { asks = '', files, name } = placed.ref;
  const own = new Set(files);
  const brought = obeyedIn(folder).filter(({ path }) => own.has(path));
  const more = brought.length - obeyedFilesMax;
  const accept = `skillgate changes accept ${waiting.set.run.slice(0, 8)}`;
  const exact = exactName(folder.repositories ?? [], placed);
  return [
    safe`  ${ink.bold(spellRef(name))} in ${folder.target}: ${asks}`,
    ...brought
      .slice(0, obeyedFilesMax)
      .flatMap((change) => linesOf(waiting, folder, change, ink))
      .map((line) => safe`  ${line}`),
    ...(more > 0 ? [safe`    … ${count(more, 'more file')}, marked below`] : []),
    safe`  to accept this branch or tag with its files as well: ${accept} ${optionText('--include', exact)}`,
  ];
}

function linesOf(
  waiting: WaitingChanges,
  folder: ChangedFolder,
  change: Change,
  ink: OutputInk,
): Safe[] {
  const { after, path } = change;
  const head = safe`  ${kindOf(change)} ${ink.bold(spellPath(path))} in ${folder.target}: ${whoObeys(path)}`;
  if (after?.kind !== 'file') return [head];
  const found = newCommands(
    path,
    textBefore(folder, change),
    textOf(keptOrUndefined(waiting, after)),
  );
  const lines = found.slice(0, obeyedLinesMax);
  const more = found.length - lines.length;
  return [
    head,
    ...lines.map((line) => safe`    ${ink.red(line)}`),
    ...(more > 0 ? [safe`    … ${count(more, 'more line')}, in the difference below`] : []),
  ];
}

function textBefore({ path: root }: ChangedFolder, { before, path }: Change): string {
  const bytes = before?.kind === 'file' ? readBelow(root, path) : undefined;
  return bytes !== undefined && before?.kind === 'file' && digestOf(bytes) === before.sha256
    ? textOf(bytes)
    : '';
}

function textOf(bytes: Uint8Array = Buffer.alloc(0)): string {
  return Buffer.from(bytes).toString('utf8');
}

function whoObeys(path: string): string {
  const folded = path.normalize('NFKC').toLowerCase();
  const [, who] = readers.find(([name]) => name.test(folded)) ?? [];
  if (who !== undefined && isObeyedPath(path, true)) return who;
  return 'a link or a setting of this host makes programs or agents obey it';
}

/**
 * What a changed file newly tells programs to run or fetch, a line each: of a `package.json` its
 * scripts, programs and packages, of another file of settings its commands. Empty for other texts,
 * which the difference shows.
 */
export function newCommands(path: string, before: string, after: string): string[] {
  if (!/\.(?:json[c5]?|ya?ml)$|\.code-workspace$/i.test(path)) return [];
  if (after.length > diffTextBytesMax) return ['it is too long to list its commands'];
  const [old, fresh] = [before, after].map((text) => commandsOf(text));
  if (fresh === undefined) return ['it cannot be read as a file of settings: read the difference'];
  const added = [...fresh].filter(([at, command]) => old?.get(at) !== command);
  const removed = [...(old ?? [])].filter(([at]) => !fresh.has(at));
  return [
    // Commands that run without being called come first.
    ...added.filter(([at]) => runsItself.test(at)),
    ...added.filter(([at]) => !runsItself.test(at)),
  ]
    .map(([at, command]) => shortText(`${at}: ${JSON.stringify(command)}`))
    .concat(removed.map(([at]) => shortText(`${at}: removed`)));
}

const runsItself = /(?:install|prepare|prepack|prepublish)[a-z]*$/i;
const commandKeys =
  /^(?:run|commands?|cmd|exec|scripts?|(?:before|after)_script|bin|uses|entry|image|args|hooks?|pre|post|[a-z]*command|[a-z]*dependencies|overrides|resolutions|packagemanager|workspaces|main|exports|imports|mcpservers|servers)$/i;

/** The values below keys that hold commands or packages, by their place; undefined when unread. */
function commandsOf(text: string): ReadonlyMap<string, string> | undefined {
  if (text === '') return new Map();
  try {
    const value: unknown = parse(text, { maxAliasCount: 0, logLevel: 'error' });
    return typeof value === 'object' && value !== null
      ? new Map(commandsIn(value, [], false))
      : undefined;
  } catch {
    return undefined;
  }
}

function commandsIn(value: unknown, at: readonly string[], isBelow: boolean): [string, string][] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, one]) =>
      commandsIn(one, [...at, key], isBelow || commandKeys.test(key)),
    );
  return isBelow ? [[at.join('.'), String(value)]] : [];
}

// The content of a changed file, as the run left the file.

export function keptOrUndefined(
  { read }: WaitingChanges,
  { sha256 }: { readonly sha256: Digest },
): Uint8Array | undefined {
  try {
    return read(sha256);
  } catch (cause) {
    if (cause instanceof Problem) return undefined;
    throw cause;
  }
}
