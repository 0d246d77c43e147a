/**
 * Resolves Python packages with uv, else with pip. uv resolves for all platforms. pip resolves for
 * this machine, and the other platforms' wheels of the same versions come from the index.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { LockedPackage } from '../../skills-index/packages/locked-package.ts';
import { type WheelOrigin, wheelOrigins } from '../../skills-index/packages/locks/lock-details.ts';
import { parsePylock } from '../../skills-index/packages/locks/pylock.ts';
import { parseIndexUrl } from '../../skills-index/run/plan/index-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { indexQuestionsMax } from '../limits.ts';
import { addressed, pythonWithoutPrograms, requireNoProgram } from './no-programs.ts';
import { offeredWheels, projectName, withdrawn } from './offered-wheels.ts';
import { printPylock } from './print-pylock.ts';
import type { Resolved, ResolveRequest } from './resolved.ts';
import { runTool, type ToolEnd, withFolder } from './tool.ts';
import { cannotLeaveOut, unresolvedBy, unresolvedByPip } from './unresolved-python.ts';
import { keptWheels } from './wheels-kept.ts';

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
