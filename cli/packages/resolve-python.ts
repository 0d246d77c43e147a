/**
 * Resolves Python packages with uv, else with pip. uv resolves for all platforms. pip resolves for
 * this machine, and the other platforms' wheels of the same versions come from the index.
 */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { readPythonPage } from '../../runner/package-fetch/fetch-package.ts';
import { distributionOf } from '../../scanner/lookup-tables/import-packages.ts';
import type { LockedFile, LockedPackage } from '../../skills-index/packages/locked-package.ts';
import {
  timeOf,
  type WheelOrigin,
  type WheelOrigins,
  wheelOrigins,
} from '../../skills-index/packages/locks/lock-details.ts';
import { parsePylock } from '../../skills-index/packages/locks/pylock.ts';
import { isWheelOf } from '../../skills-index/packages/wheel-name.ts';
import { parseIndexUrl } from '../../skills-index/run/plan/index-policy.ts';
import { normalPackageName } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import type { CommandContext } from '../command.ts';
import {
  addressed,
  pythonWithoutPrograms,
  type Resolved,
  type ResolveRequest,
  requireNoProgram,
  runTool,
  type ToolEnd,
  toolMessageCharsMax,
  withFolder,
} from './no-programs.ts';

/** Questions to an index at the same time. */
const indexQuestionsMax = 8;

type World = Pick<CommandContext, 'env' | 'fetch' | 'now' | 'signal'>;

/** The script that runs pip. */
const guard = 'no-programs.py';

/** The oldest Python for which uv resolves. */
const oldestPython = '3.11';

/**
 * @throws Problem `package-unresolved`, `package-tool-missing`, `package-unavailable`,
 * `package-unsafe`
 */
export async function resolvePython(world: World, request: ResolveRequest): Promise<Resolved> {
  const pinned = [...request.pins].map(([name, { version }]) => `${name}==${version}\n`);
  const input = {
    'requirements.in': `${request.requires.join('\n')}\n`,
    'constraints.txt': pinned.join(''),
    [guard]: pythonWithoutPrograms,
  };
  return withFolder(input, async (folder) => {
    const version = await runTool(world, folder, 'uv', ['--version']);
    return version.exit === 0
      ? byUv(world, request, folder, version.stdout.trim().split(' ').slice(0, 2).join(' '))
      : byPip(world, request, folder);
  });
}

async function byUv(
  world: World,
  request: ResolveRequest,
  folder: string,
  tool: string,
): Promise<Resolved> {
  const { minimumAgeDays } = request;
  const newest = new Date(world.now().getTime() - minimumAgeDays * 86_400_000).toISOString();
  const end = await runTool(world, folder, 'uv', [
    'pip',
    'compile',
    'requirements.in',
    '-c',
    'constraints.txt',
    '--universal',
    '--python-version',
    oldestPython,
    '--format',
    'pylock.toml',
    '-o',
    'pylock.toml',
    '--only-binary',
    ':all:',
    '--no-config',
    // Without a named interpreter, uv starts the one of `.venv` in a folder above: anybody may make
    // /tmp/.venv. Other systems give each user a folder for temporary files.
    ...(process.platform === 'linux' ? onlyPython(pythonForRuns()) : []),
    '--no-header',
    ...(minimumAgeDays > 0 ? ['--exclude-newer', newest] : []),
    ...indexOptions(request.index, '--default-index'),
  ]);
  if (end.exit !== 0) throw unresolvedBy('uv', end);
  const [, yanked, , why = ''] =
    /^warning: `([^`]+)` is yanked( \(reason: "(.*)"\))?$/m.exec(end.stderr) ?? [];
  if (yanked !== undefined) throw withdrawn(yanked.replace('==', ' '), why);
  const text = await readFile(join(folder, 'pylock.toml'));
  const packages = parsePylock(text, 'the lock of uv').map((one) => withKeptWheels(one, request));
  return {
    packages,
    text: printPylock(packages, wheelOrigins(text.toString('utf8'))),
    tool,
    notes: [],
  };
}

const report = v.looseObject({
  pip_version: v.string(),
  install: v.array(
    v.looseObject({
      is_direct: v.optional(v.boolean(), false),
      metadata: v.looseObject({
        name: v.string(),
        version: v.string(),
        requires_python: v.exactOptional(v.string()),
      }),
    }),
  ),
});

async function byPip(world: World, request: ResolveRequest, folder: string): Promise<Resolved> {
  if (request.minimumAgeDays > 0) throw cannotLeaveOut(request);
  const args = [
    'install',
    '--dry-run',
    '--ignore-installed',
    '--only-binary=:all:',
    '--no-input',
    '--disable-pip-version-check',
    '--progress-bar',
    'off',
    '--report',
    'report.json',
    '-r',
    'requirements.in',
    '-c',
    'constraints.txt',
    ...indexOptions(request.index, '--index-url'),
  ];
  const end = await runPip(world, folder, args);
  if (end.exit === undefined || /No module named '?pip/.test(end.stderr))
    throw new Problem('package-tool-missing', 'Cannot lock: neither uv nor pip is installed', {
      hint: 'Install uv: https://docs.astral.sh/uv/',
    });
  requireNoProgram('pip', end);
  if (end.exit !== 0) throw unresolvedByPip(request, end);
  const { install, pip_version } = v.parse(
    report,
    JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')),
  );
  const direct = install.find(({ is_direct }) => is_direct)?.metadata;
  if (direct !== undefined) throw addressed('pip', `${direct.name} ${direct.version}`);
  const origins = new Map<string, WheelOrigin>();
  const packages: LockedPackage[] = [];
  for (let at = 0; at < install.length; at += indexQuestionsMax)
    packages.push(
      ...(await Promise.all(
        install
          .slice(at, at + indexQuestionsMax)
          .map(({ metadata }) => lockedByIndex(world, request, metadata, origins)),
      )),
    );
  return {
    packages,
    text: printPylock(packages, origins),
    tool: `pip ${pip_version}`,
    notes:
      request.isForThisHost === true
        ? []
        : [
            `pip chose the versions for one Python and this machine's system. uv chooses for all systems: pip install uv, then lock again.`,
          ],
  };
}

/** The Python that runs on this machine use. */
function pythonForRuns(): string | undefined {
  const path = '/usr/bin/python3';
  return process.platform === 'linux' && existsSync(path) ? path : undefined;
}

function onlyPython(path: string | undefined): string[] {
  return path === undefined ? ['--system'] : ['--python', path];
}

const whereIsPip = `import os, pip
print(os.path.join(os.path.dirname(pip.__file__), "__pip-runner__.py"))`;

// A Python of the author's own may be newer than the Python of runs. pip before 22.3 can choose
// only for the Python that runs pip.
async function runPip(world: World, folder: string, args: readonly string[]): Promise<ToolEnd> {
  const found = await runTool(world, folder, 'python3', ['-c', whereIsPip]);
  if (found.exit !== 0) return found;
  const runner = found.stdout.trim();
  const python = existsSync(runner) ? pythonForRuns() : undefined;
  return runTool(world, folder, python ?? 'python3', [guard, runner, ...args]);
}

async function lockedByIndex(
  world: World,
  request: ResolveRequest,
  metadata: v.InferOutput<typeof report>['install'][number]['metadata'],
  origins: Map<string, WheelOrigin>,
): Promise<LockedPackage> {
  const { index } = request;
  const { version, requires_python: requiresPython } = metadata;
  const name = projectName(metadata.name);
  const wheels = await offeredWheels(world, index, name, version);
  if (wheels.length === 0)
    throw new Problem(
      'package-unavailable',
      `Cannot lock ${name} ${version}: ${index} offers no wheel of this version with a SHA-256`,
    );
  for (const { file, origin } of wheels) origins.set(file.name, origin);
  return withKeptWheels(
    {
      ecosystem: 'python',
      name,
      version,
      ...(requiresPython === undefined ? {} : { requiresPython }),
      files: wheels.map(({ file }) => file).sort((a, b) => (a.name < b.name ? -1 : 1)),
    },
    request,
  );
}

function withKeptWheels(one: LockedPackage, { pins }: Pick<ResolveRequest, 'pins'>): LockedPackage {
  const pin = pins.get(one.name);
  const files =
    pin === undefined ? one.files : one.files.filter(({ hash }) => pin.hashes.has(hash));
  if (pin !== undefined && files.length === 0)
    throw new Problem(
      'package-lock-differs',
      `Cannot lock ${one.name} ${one.version}: the index offers no wheel with a hash that ${pin.path} names`,
      {
        hint: `Find out who changed the files. To take other files, remove ${one.name} from ${pin.path}.`,
      },
    );
  return { ...one, files: keptWheels(files) };
}

function indexOptions(index: string, option: string): string[] {
  const place = parseIndexUrl(index);
  return place?.kind === 'folder' ? ['--no-index', '--find-links', place.path] : [option, index];
}

// The failures of the tools that choose versions of Python packages.

/** The failure where versions must have an age: older pips have no option for the age. */
function cannotLeaveOut({ index, isAgeOfPolicy, minimumAgeDays }: ResolveRequest): Problem {
  const who = isAgeOfPolicy === true ? 'host policy' : '--exclude-newer';
  const anyAge =
    isAgeOfPolicy === true
      ? `skillgate host index add python ${shellWord(index)} --min-age 0`
      : 'skillgate lock --exclude-newer 0';
  const wants = `${who} wants versions that are at least ${minimumAgeDays} ${minimumAgeDays === 1 ? 'day' : 'days'} old`;
  return new Problem(
    'package-tool-missing',
    `Cannot lock: ${wants}, and Skillgate needs uv to leave out newer versions`,
    { hint: `pip install uv   (or, for versions of any age: ${anyAge})` },
  );
}

/** The failure of pip, which names a package without wheels where pip does. */
function unresolvedByPip(request: ResolveRequest, end: ToolEnd): Problem {
  return withoutWheel(request, end) ?? unresolvedBy('pip', end);
}

// Most such names are misspelled, or are names of modules.
function withoutWheel({ index }: ResolveRequest, { stderr }: ToolEnd): Problem | undefined {
  const found = /satisfies the requirement (\S{1,200}).{0,200} \(from versions: none\)/.exec(
    stderr,
  );
  if (found === null) return undefined;
  const [, requirement = ''] = found;
  const [name = ''] = /^[\w.-]+/.exec(requirement) ?? [];
  const meant = distributionOf(name);
  const other =
    meant === undefined || meant === normalPackageName('python', name)
      ? ''
      : `. The module ${name} is in the package ${meant}`;
  return new Problem(
    'package-unresolved',
    `Cannot lock: ${index} has no wheel of ${requirement} that fits the Python of this machine${other}`,
    { hint: 'Check the name of the package.' },
  );
}

/** The failure of uv or pip, with the end of what the tool said. */
function unresolvedBy(tool: string, { stderr }: ToolEnd): Problem {
  const lines = stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^WARNING|notice/i.test(line));
  const said = lines.join(' ').slice(-toolMessageCharsMax);
  return new Problem(
    'package-unresolved',
    `Cannot lock: ${tool} finds no versions that fit: ${said}`,
  );
}

// The wheels of a version that an index offers, with their digests.

interface OfferedWheel {
  readonly file: LockedFile;
  readonly origin: WheelOrigin;
}

/** @throws Problem `package-unavailable`, `package-unresolved` */
async function offeredWheels(
  network: Pick<CommandContext, 'fetch' | 'signal'>,
  index: string,
  name: string,
  version: string,
): Promise<OfferedWheel[]> {
  const place = parseIndexUrl(index);
  if (place?.kind === 'folder') return wheelsIn(place.path, name, version);
  const page = await readPythonPage(network, index, name);
  const wheels = page.filter((file) => isWheelOf(name, version, file.name));
  const kept = wheels.filter(({ yanked }) => yanked === undefined);
  const [yanked] = wheels;
  if (kept.length === 0 && yanked !== undefined)
    throw withdrawn(`${name} ${version}`, yanked.yanked ?? '');
  return kept.flatMap(({ name: file, sha256, size, uploaded, url }): OfferedWheel[] => {
    const time = timeOf(uploaded);
    const origin = time === undefined ? { url: url.href } : { url: url.href, uploaded: time };
    if (sha256 === undefined) return [];
    const hash = `sha256:${sha256}` as const;
    return [{ file: { name: file, hash, ...(size === undefined ? {} : { size }) }, origin }];
  });
}

/** A version that uv or pip takes because a requirement names exactly this version. */
function withdrawn(what: string, why: string): Problem {
  return new Problem(
    'package-unresolved',
    `Cannot lock ${what}: its maintainers withdrew this version${why === '' ? '' : `: ${why}`}`,
  );
}

async function wheelsIn(folder: string, name: string, version: string): Promise<OfferedWheel[]> {
  const names = await readdir(folder).catch(() => {
    throw new Problem('package-unavailable', `Cannot read the package index ${folder}`);
  });
  const wheels = names.filter((file) => isWheelOf(name, version, file));
  return Promise.all(
    wheels.map(async (file) => {
      const bytes = await readFile(join(folder, file));
      const hash = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as const;
      return { file: { name: file, hash, size: bytes.length }, origin: {} };
    }),
  );
}

/** A project's name as the tools write it, in its normal form. */
function projectName(name: string): string {
  return normalPackageName('python', name);
}

// Writes pylock.toml (PEP 751) in one form, whichever tool chose the versions.

/**
 * @param origins where and when each file was seen, for reviewers and other tools; Skillgate
 * fetches by the file's name
 */
export function printPylock(packages: readonly LockedPackage[], origins: WheelOrigins): string {
  const sorted = [...packages].sort((a, b) =>
    `${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1,
  );
  return [
    'lock-version = "1.0"\ncreated-by = "skillgate"\n',
    ...sorted.map((one) => packageText(one, origins)),
  ].join('\n');
}

function packageText(one: LockedPackage, origins: WheelOrigins): string {
  const members = {
    name: one.name,
    version: one.version,
    marker: one.marker,
    'requires-python': one.requiresPython,
  };
  const lines = Object.entries(members).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key} = ${JSON.stringify(value)}`],
  );
  const wheels = one.files.map(({ name, hash, size }) => {
    const [algorithm = '', digits = ''] = hash.split(':');
    const { uploaded, url } = origins.get(name) ?? {};
    const parts = [
      `name = ${JSON.stringify(name)}`,
      ...(url === undefined ? [] : [`url = ${JSON.stringify(url)}`]),
      ...(uploaded === undefined ? [] : [`upload-time = ${uploaded}`]),
      ...(size === undefined ? [] : [`size = ${size}`]),
      `hashes = { ${algorithm} = "${digits}" }`,
    ];
    return `    { ${parts.join(', ')} },`;
  });
  return ['[[packages]]', ...lines, 'wheels = [', ...wheels, ']', ''].join('\n');
}

/**
 * The wheels of a version that a lock lists: those for systems on which skills run. A lock with the
 * wheels of every system would be several times as large, and nobody could read the differences.
 */
const systems =
  /^(any|(manylinux[\w.]*|musllinux_\w+|linux)_(x86_64|aarch64)|macosx_\w+_(x86_64|arm64|universal2)|win_amd64)$/;
const pythons = /^(py3|py2|cp3(9|[1-9]\d))$/;

function isWheelKept(name: string): boolean {
  const [python = '', abi = '', platform = ''] = name
    .replace(/\.whl$/, '')
    .split('-')
    .slice(-3);
  return (
    python
      .split('.')
      .some((one) => pythons.test(one) || (abi === 'abi3' && /^cp3\d+$/.test(one))) &&
    // Interpreters without the global lock need wheels of their own, which few packages have.
    !/^cp\d+t$/.test(abi) &&
    platform.split('.').some((one) => systems.test(one))
  );
}

/** All wheels when none is for a usual system, so that the message about the system is exact. */
function keptWheels<File extends { readonly name: string }>(files: readonly File[]): File[] {
  const kept = files.filter(({ name }) => isWheelKept(name));
  return kept.length === 0 ? [...files] : kept;
}
