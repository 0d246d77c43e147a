/**
 * The folders of one step: made, filled and then given to the step. From here on, nothing of the
 * observation uses a path below them, because the step can put a link in the place of any entry.
 */
import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import { commandFile } from '../../skills-index/skill/manifest-schema.ts';
import { giveTrees, type Owner } from '../files/owned-folder.ts';
import { folderOnly } from '../files/walk-folder.ts';
import { interpreterOf, moduleStart } from '../run/command.ts';
import { type DecoyFile, type Decoys, filesOfHome } from './decoys.ts';

/** Steps of one observation, and steps at the same time. */
const stepsMax = 120;

export const folderNames = ['home', 'skill', 'observe', 'temporary'] as const;
type FolderName = (typeof folderNames)[number];

/** Where a step sees its folders. */
type Targets = Readonly<Record<FolderName, string>>;

export function targetsOf({ home }: Pick<Decoys, 'home'>): Targets {
  return { home, skill: '/skills/submission', observe: '/observe', temporary: '/tmp' };
}

export interface StepFolders {
  /** Paths for the sandbox, which binds the folders and checks them against the descriptors. */
  readonly sources: ReadonlyMap<string, string>;
  readonly descriptors: ReadonlyMap<string, number>;
  /** The folders through their descriptors. */
  readonly opened: Targets;
  close(): void;
}

export interface StepContent {
  readonly decoys: Decoys;
  readonly files: readonly {
    readonly path: string;
    readonly mode: '644' | '755';
    readonly bytes: Uint8Array;
  }[];
}

/** @param owner gets the folders; absent for an observer that is not root */
export function makeStepFolders(
  { decoys, files }: StepContent,
  persona: Persona,
  runFolder: string,
  owner: Owner | undefined,
): StepFolders {
  // Closed until everything is in place and given.
  const above = `${runFolder}/step`;
  fs.mkdirSync(above, { mode: 0o700 });
  const paths = folderNames.map((name) => join(above, name));
  for (const path of paths) fs.mkdirSync(path, { mode: 0o700 });
  const at = (name: FolderName): string => join(above, name);
  place(at('home'), filesOfHome(decoys, persona));
  for (const { path, mode, bytes } of files) {
    const full = join(at('skill'), path);
    fs.mkdirSync(join(full, '..'), { recursive: true });
    fs.writeFileSync(full, bytes, { mode: mode === '755' ? 0o755 : 0o644 });
  }
  place(at('temporary'), [{ path: basename(givenFile), text: '# Notes\n\nMeeting on Monday.\n' }]);
  const numbers = paths.map((path) => fs.openSync(path, folderOnly));
  if (owner !== undefined) giveTrees(paths, owner);
  fs.chmodSync(above, 0o711);
  const targets = targetsOf(decoys);
  const byTarget = <Value>(values: readonly Value[]): ReadonlyMap<string, Value> =>
    new Map(
      folderNames.flatMap((name, index) => {
        const value = values[index];
        return value === undefined ? [] : [[targets[name], value] as const];
      }),
    );
  const self = (name: FolderName): string => `/proc/self/fd/${numbers[folderNames.indexOf(name)]}`;
  return {
    sources: byTarget(paths),
    descriptors: byTarget(numbers),
    opened: {
      home: self('home'),
      skill: self('skill'),
      observe: self('observe'),
      temporary: self('temporary'),
    },
    close: () => {
      for (const number of numbers) fs.closeSync(number);
    },
  };
}

// A read of a decoy changes the time of its last access, where the file system keeps that time.
function place(folder: string, files: readonly DecoyFile[]): void {
  const past = new Date('2026-01-05T08:00:00Z');
  for (const { path, text } of files) {
    const full = join(folder, path);
    fs.mkdirSync(join(full, '..'), { recursive: true, mode: 0o700 });
    fs.writeFileSync(full, text, { mode: 0o600 });
    fs.utimesSync(full, past, past);
  }
}

// The steps of an observation: what a person or an agent would do with a submission. Each round
// does all of them, with another clock and another kind of host.

export interface ObservedStep {
  readonly kind: 'install' | 'instructions' | 'command' | 'help' | 'import' | 'functions';
  /** For people, such as `command report` or `import of report/usage.py`. */
  readonly title: string;
  readonly command: readonly string[];
  /** Functions are called, too. */
  readonly calls?: true;
}

/** How the host looks to the submission. */
export interface Persona {
  readonly name: string;
  readonly days: number;
  readonly windows: boolean;
  readonly guess: 'data' | 'program';
}

export const personas: readonly Persona[] = [
  { name: 'now', days: 0, windows: false, guess: 'data' },
  { name: 'in 30 days', days: 30, windows: false, guess: 'program' },
  { name: 'in 30 days, as on Windows', days: 30, windows: true, guess: 'program' },
];

interface GivenFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface SubmissionToObserve {
  readonly manifest: Pick<Manifest, 'commands'> | undefined;
  readonly files: readonly GivenFile[];
  /** Programs that SKILL.md tells to run. */
  readonly told: readonly ToldProgram[];
}

const root = '/skills/submission';
const starters = {
  shell: ['/usr/bin/bash', '-c'],
  python: ['/usr/bin/python3', '-c'],
  node: ['/usr/bin/node', '-e'],
} as const;
const test =
  /(^|\/)(tests?|__tests__|testing|docs?|examples?|benchmarks?)\/|(^|\/)(test_|conftest)|[._](test|spec)\./;
/** Without the name of the user, which is a decoy: programs send the paths that they get. */
const givenFile = '/tmp/notes.md';
const importBatch = 16;
const callBatch = 8;

export function stepsOf({ files, manifest, told }: SubmissionToObserve): readonly ObservedStep[] {
  const steps: ObservedStep[] = [...installs(files)];
  for (const [index, { language, text }] of told.entries())
    steps.push({
      kind: 'instructions',
      title: `program ${index + 1} in SKILL.md`,
      command: [...starters[language], text],
    });
  const commands = Object.entries(manifest?.commands ?? {}).flatMap(([name, start]) => {
    const path = commandFile(start);
    const file = files.find((one) => one.path === path);
    const line = file && lineOf(file, typeof start === 'object' ? start.module : undefined);
    return line === undefined ? [] : [{ name, line }];
  });
  for (const { name, line } of commands) {
    steps.push({ kind: 'command', title: `command ${name}`, command: line });
    steps.push({ kind: 'help', title: `command ${name} --help`, command: [...line, '--help'] });
  }
  steps.push(...importsOf(files, 'import', importBatch));
  for (const { name, line } of commands)
    steps.push({
      kind: 'command',
      title: `command ${name} with a file`,
      command: [...line, givenFile],
    });
  steps.push(...importsOf(files, 'functions', callBatch));
  return steps.slice(0, stepsMax);
}

/** The steps that a later round repeats: what could wait for another day or another system. */
export function stepsAgain(
  steps: readonly ObservedStep[],
  { windows }: Persona,
): readonly ObservedStep[] {
  return steps.filter(
    ({ command, kind }) =>
      kind !== 'help' &&
      (!windows || kind === 'install' || /python|node|bash/.test(command.join(' '))),
  );
}

function lineOf({ path, bytes }: GivenFile, module: string | undefined) {
  const full = `${root}/${path}`;
  if (module !== undefined) return ['/opt/observe/bin/python3', ...moduleStart(module, full)];
  const interpreter = interpreterOf(path, bytes);
  if (interpreter === undefined || interpreter === 'pwsh') return undefined;
  return [interpreter === 'sh' ? '/bin/sh' : `/usr/bin/${interpreter}`, full];
}

function installs(files: readonly GivenFile[]): ObservedStep[] {
  const folders = (names: RegExp): string[] => [
    ...new Set(files.flatMap(({ path }) => names.exec(path)?.[1] ?? [])),
  ];
  const python = folders(/^((?:[^/]+\/){0,3})(?:setup\.py|pyproject\.toml)$/);
  const node = folders(/^((?:[^/]+\/){0,3})package\.json$/).filter(
    (one) => !one.includes('node_modules/'),
  );
  return [
    ...python.slice(0, 6).map(
      (folder): ObservedStep => ({
        kind: 'install',
        title: `pip install ./${folder}`,
        command: ['/opt/observe/bin/pip', 'install', `${root}/${folder}`],
      }),
    ),
    ...node.slice(0, 6).map(
      (folder): ObservedStep => ({
        kind: 'install',
        title: `npm install in ./${folder}`,
        command: ['/opt/observe/bin/npm', 'install', `${root}/${folder}`],
      }),
    ),
  ];
}

type Imports = 'import' | 'functions';

function importsOf(files: readonly GivenFile[], kind: Imports, batch: number): ObservedStep[] {
  const step = (names: readonly string[], command: readonly string[]): ObservedStep => ({
    kind,
    title: `${kind === 'import' ? 'import of' : 'functions of'} ${shown(names)}`,
    command,
    ...(kind === 'functions' ? { calls: true } : {}),
  });
  return [
    ...pythonModules(files, kind).flatMap(({ folder, names }) =>
      chunks(names, batch).map((some) =>
        step(some, ['/usr/bin/python3', '/opt/observe/python-call.py', folder, ...some]),
      ),
    ),
    ...chunks(nodeFiles(files), batch).map((some) =>
      step(some, [
        '/usr/bin/node',
        '/opt/observe/node-call.mjs',
        ...some.map((path) => `${root}/${path}`),
      ]),
    ),
  ];
}

// A module is imported from the folder above its outermost package.
function pythonModules(files: readonly GivenFile[], kind: Imports) {
  const packages = new Set(
    files.filter(({ path }) => path.endsWith('/__init__.py')).map(({ path }) => path.slice(0, -12)),
  );
  const byRoot = new Map<string, string[]>();
  for (const { path } of files) {
    if (!/\.pyw?$/.test(path) || /(^|\/)setup\.py$/.test(path) || test.test(path)) continue;
    // `python -m` starts a package, which no import does.
    if (kind === 'import' && /(^|\/)__main__\.py$/.test(path)) continue;
    const parts = path.replace(/\.pyw?$/, '').split('/');
    let first = parts.length - 1;
    while (first > 0 && packages.has(parts.slice(0, first).join('/'))) first--;
    const names = parts
      .slice(first)
      .filter((one, at, all) => one !== '__init__' || at < all.length - 1);
    if (names.length === 0) continue;
    const folder = [root, ...parts.slice(0, first)].join('/');
    // Nobody can import a name with a hyphen, but everybody can load its file.
    const isName = names.every((one) => /^[A-Za-z_]\w*$/.test(one));
    const name = isName ? names.join('.') : `${root}/${path}`;
    byRoot.set(folder, [...(byRoot.get(folder) ?? []), name]);
  }
  return [...byRoot].map(([folder, names]) => ({
    folder,
    names: names.sort((a, b) => a.split('.').length - b.split('.').length),
  }));
}

function nodeFiles(files: readonly GivenFile[]): string[] {
  const left = /\.d\.[cm]?ts$|\.min\.js$|(^|\/)node_modules\//;
  return files
    .map(({ path }) => path)
    .filter((path) => /\.[cm]?[jt]s$/.test(path) && !left.test(path) && !test.test(path));
}

function chunks(all: readonly string[], batch: number): string[][] {
  const made: string[][] = [];
  for (let at = 0; at < all.length; at += batch) made.push(all.slice(at, at + batch));
  return made;
}

function shown(names: readonly string[]): string {
  const [first = ''] = names;
  return names.length === 1 ? first : `${first} and ${names.length - 1} more`;
}

// The programs in the fences of SKILL.md, which an agent would run as they stand.

interface ToldProgram {
  readonly language: 'shell' | 'python' | 'node';
  readonly text: string;
}

const languages: Readonly<Record<string, ToldProgram['language']>> = {
  bash: 'shell',
  sh: 'shell',
  shell: 'shell',
  zsh: 'shell',
  console: 'shell',
  terminal: 'shell',
  python: 'python',
  python3: 'python',
  py: 'python',
  javascript: 'node',
  js: 'node',
  node: 'node',
};

const programsMax = 12;
const charsMax = 16_384;

/** Returns the fenced programs of a page, without the signs of a prompt. */
export function toldPrograms(page: string): readonly ToldProgram[] {
  const found: ToldProgram[] = [];
  let fence: { readonly mark: string; readonly word: string; readonly lines: string[] } | undefined;
  for (const line of page.split(/\r?\n/)) {
    const mark = /^ {0,3}(`{3,}|~{3,})\s*([A-Za-z0-9]*)/.exec(line);
    if (fence === undefined) {
      if (mark !== null)
        fence = { mark: mark[1] ?? '', word: (mark[2] ?? '').toLowerCase(), lines: [] };
      continue;
    }
    if (mark === null || mark[2] !== '' || !(mark[1] ?? '').startsWith(fence.mark)) {
      fence.lines.push(line);
      continue;
    }
    const language = languages[fence.word];
    const text = textOf(fence.lines).slice(0, charsMax);
    if (language !== undefined && text.trim() !== '' && found.length < programsMax)
      found.push({ language, text });
    fence = undefined;
  }
  return found;
}

// In a console, only the lines with a prompt are typed.
function textOf(lines: readonly string[]): string {
  const typed = lines.filter((line) => /^\s*\$ /.test(line));
  return (typed.length === 0 ? lines : typed).map((line) => line.replace(/^\s*\$ /, '')).join('\n');
}
