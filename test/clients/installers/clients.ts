/**
 * Installers of other registries: how each program is started, and its words for each task. A word
 * that a program lacks is absent.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programOf } from '../../journey/npm-person.ts';
import { clients, installLineOf, installOnce } from '../clients.ts';

/** The words of one call of a program. */
export type Words = readonly string[];

export interface Installer {
  /** The package and its version. */
  readonly name: string;
  /** The program with its first words. */
  readonly program: () => readonly [string, ...string[]];
  readonly env: (base: string) => Readonly<Record<string, string>>;
  /** The folder of an installed skill, from the home folder. */
  readonly folderOf: (name: string, home: string) => string;
  readonly search?: (words: string) => Words;
  /** Each call follows one that succeeded. */
  readonly install: (base: string, name: string, version?: string) => readonly Words[];
  /** `install`, with the word that skips the program's own questions. */
  readonly force?: (base: string, name: string) => readonly Words[];
  readonly update: (base: string, name: string) => readonly Words[];
  readonly verify?: (name: string) => Words;
  /** Whether the program compares an archive with the registry's digest. */
  readonly comparesDigests: boolean;
  /** What the program prints of an installed skill, where it may refuse to load one. */
  readonly loaded?: { readonly words: Words; readonly refusal: RegExp };
}

const shortOf = (name: string): string => name.split('/')[1] ?? '';
const slugOf = (name: string): string => name.slice(1).replace('/', '--');

const skills = (module: string, version: string): Installer => {
  const urlOf = (base: string, name: string, pinned?: string): string =>
    `${base}/${name}${pinned === undefined ? '' : `@${pinned}`}`;
  return {
    name: `skills ${version}`,
    program: () => [process.execPath, programOf(module)],
    env: () => ({}),
    comparesDigests: true,
    folderOf: (name) => `.agents/skills/${shortOf(name)}`,
    install: (base, name, pinned) => [['add', urlOf(base, name, pinned), '-y']],
    // 1.5 names such skills as ones that it cannot check.
    update: (base, name) =>
      version.startsWith('1.5') ? [['add', urlOf(base, name), '-y']] : [['update', '-y']],
  };
};

const clawhub = (module: string, version: string): Installer => {
  const knowsOwners = !version.startsWith('0.20');
  const slug = (name: string): string => (knowsOwners ? name : slugOf(name));
  const install = (name: string, pinned?: string): string[] => [
    'install',
    slug(name),
    ...(pinned === undefined ? [] : ['--version', pinned]),
    '--no-input',
  ];
  return {
    name: `clawhub ${version}`,
    program: () => [process.execPath, programOf(module)],
    env: (base) => ({
      CLAWHUB_REGISTRY: base,
      CLAWHUB_SITE: base,
      CLAWHUB_DISABLE_TELEMETRY: '1',
    }),
    comparesDigests: false,
    folderOf: (name) => `skills/${slug(name)}`,
    search: (words) => ['search', words],
    install: (_, name, pinned) => [install(name, pinned)],
    force: (_, name) => [[...install(name), '--force']],
    update: () => [['update', '--all', '--no-input']],
    ...(knowsOwners ? { verify: (name) => ['skill', 'verify', name] } : {}),
  };
};

const openclaw: Installer = {
  name: 'openclaw 2026.9.6',
  program: () => {
    const line =
      'npm install --global --prefix ~/agents --ignore-scripts --omit=optional openclaw@2026.9.6';
    const folder = installOnce('openclaw', line);
    return [process.execPath, join(folder, 'lib/node_modules/openclaw/openclaw.mjs')];
  },
  env: (base) => ({ OPENCLAW_CLAWHUB_URL: base }),
  comparesDigests: false,
  folderOf: (name) => `.openclaw/workspace/skills/${shortOf(name)}`,
  search: (words) => ['skills', 'search', words],
  install: (_, name, pinned) => [
    ['skills', 'install', name, ...(pinned === undefined ? [] : ['--version', pinned])],
  ],
  force: (_, name) => [['skills', 'install', name, '--force']],
  update: () => [['skills', 'update', '--all']],
  verify: (name) => ['skills', 'verify', name],
};

const claudeLine = installLineOf(clients.find(({ name }) => name === 'claude') ?? { chapter: '' });

/** The marketplace of one skill has the name of the skill, with a period. */
const claude: Installer = {
  name: `claude ${claudeLine.split('@').at(-1)}`,
  program: () => [join(installOnce('claude', claudeLine), 'bin/claude')],
  // npm asks an unencrypted registry only where it is the default one.
  env: (base) => ({ npm_config_registry: `${base}/npm`, DISABLE_AUTOUPDATER: '1' }),
  comparesDigests: true,
  loaded: { words: ['plugin', 'list'], refusal: /failed to load/ },
  folderOf: (name, home) => {
    const file = join(home, '.claude/plugins/installed_plugins.json');
    if (!existsSync(file)) return 'nowhere';
    const { plugins } = JSON.parse(readFileSync(file, 'utf8'));
    const installed = plugins[claudeNameOf(name)]?.[0]?.installPath;
    return installed === undefined
      ? 'nowhere'
      : join(installed.slice(home.length), 'skills', shortOf(name));
  },
  install: (base, name, pinned) => {
    const version = pinned === undefined ? '' : `@${pinned}`;
    return [
      ['plugin', 'marketplace', 'add', `${base}/${name}${version}/marketplace.json`],
      ['plugin', 'install', claudeNameOf(name)],
    ];
  },
  update: (_, name) => [
    ['plugin', 'marketplace', 'update', slugOf(name).replace('--', '.')],
    ['plugin', 'update', claudeNameOf(name)],
  ],
};

function claudeNameOf(name: string): string {
  return `${shortOf(name)}@${slugOf(name).replace('--', '.')}`;
}

export const installers: readonly Installer[] = [
  skills('skills', '1.7.4'),
  skills('skills-1.5', '1.5.18'),
  clawhub('clawhub', '0.23.3'),
  clawhub('clawhub-0.20', '0.20.0'),
  openclaw,
  claude,
];
