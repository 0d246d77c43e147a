/**
 * Marks the changes that a person must look at first. Skillgate blocks no such name, but programs
 * on the host, builds or agents may run or obey the file. Pure.
 */
import { pathTwinKey } from '../../skill/bundle-path.ts';
import { type Change, type EntryState, kindOf } from './changes.ts';
import { obeyed } from './protected-names.ts';

const lockFiles = new Set(
  [
    'bun.lock bun.lockb Cargo.lock composer.lock conan.lock deno.lock flake.lock Gemfile.lock go.sum gradle.lockfile mix.lock',
    'npm-shrinkwrap.json package-lock.json packages.lock.json pdm.lock Pipfile.lock pixi.lock pnpm-lock.yaml Podfile.lock poetry.lock',
    'pubspec.lock pylock.toml uv.lock yarn.lock .terraform.lock.hcl',
  ].flatMap((line) => line.toLowerCase().split(' ')),
);

// Ordinary work edits files of these names, so Skillgate marks the changes rather than blocking
// them.
const obeyedWhenUsed = new Set(
  [
    '.proverc .python-version .nvmrc .rspec ansible.cfg appveyor.yml azure-pipelines.yml bitbucket-pipelines.yml build build.bazel',
    'build.gradle build.gradle.kts build.rs build.sbt buildspec.yml Cargo.toml cloudbuild.yaml CMakeLists.txt composer.json conftest.py',
    'compose.yaml compose.yml CONVENTIONS.md default.nix deno.json deno.jsonc Directory.Build.props Directory.Build.rsp',
    'Directory.Build.targets docker-compose.yaml docker-compose.yml flake.nix Gemfile GNUmakefile gradle.properties gradlew Jenkinsfile',
    'justfile Makefile mcp.json mix.exs module.bazel netlify.toml noxfile.py NuGet.config pip.conf pnpm-workspace.yaml Podfile poetry.toml',
    'Procfile pyproject.toml pyvenv.cfg Rakefile renovate.json settings.gradle settings.gradle.kts setup.cfg setup.py shell.nix sitecustomize.py',
    'Snakefile startup.m Taskfile.yml Tiltfile tox.ini usercustomize.py uv.toml Vagrantfile vercel.json workspace workspace.bazel',
  ].flatMap((line) => line.toLowerCase().split(' ')),
);
// Python imports a package of this name at each start, just like a file of this name.
const obeyedFolders = new Set(['sitecustomize', 'usercustomize']);
const obeyedFamilies = [
  /\.config\.[cm]?[jt]s$/,
  /^\.[a-z-]+rc(?:\.|$)/,
  /^(?:containerfile|dockerfile)(?:\.|$)/,
  /\.(?:mk|pth)$/,
  // Shells run an `activate` file on entering a Python virtual environment.
  /^activate(?:\.|$)/,
  /^activate_this\.py$/,
];

// The endings of compiled code, whose effect nobody can read. Some compiled code runs in place of
// its source.
const compiledEndings = new Set(
  'a beam class dll dylib egg elc exe gch hbc jar jsc ko lib luac node o pch pcm pyd pyz qmlc rda rdata rlib rmeta so war wasm whl zwc'.split(
    ' ',
  ),
);

/** Returns the marks of a change, in words for a person. An ordinary change has no marks. */
export function marksOf(change: Change): string[] {
  const { path, before, after, list, shelf } = change;
  const ofShelf = shelf === 'plain' ? [lockMark] : shelf === 'obeyed' ? [obeyed] : [];
  if (after === undefined) return ofShelf;
  const parts = path.split('/').map(pathTwinKey);
  const name = parts.at(-1) ?? '';
  const isNew = kindOf(change) === 'created';
  return [
    ...ofShelf,
    ...(isNew && name.startsWith('.') ? ['new, and its name begins with a dot'] : []),
    ...(!isNew && name.startsWith('.') ? ['its name begins with a dot'] : []),
    ...(parts.slice(0, -1).some((one) => one.startsWith('.'))
      ? ['in a folder whose name begins with a dot']
      : []),
    ...(isExecutable(after)
      ? [isNew || isExecutable(before) ? 'executable' : 'executable now']
      : []),
    ...(whyNameMatters(parts) ?? []),
    ...(after.kind === 'link' && isMarkedName(after.to.split('/'))
      ? ['a link to a path that would have a mark']
      : []),
    ...(after.kind === 'file' && isCompiled(name)
      ? ['compiled: nobody can read what it does, and it may run in place of its source']
      : []),
    ...(list === 'lost' ? ['its access list is lost: only its owner may use it'] : []),
    ...(before !== undefined && (before.uid !== after.uid || before.gid !== after.gid)
      ? ['another owner or group']
      : []),
  ];
}

// Whoever writes to a link writes to its target, so the target's name matters too.
function isMarkedName(target: readonly string[]): boolean {
  const parts = target.filter((part) => !['', '.', '..'].includes(part)).map(pathTwinKey);
  const isDotted = parts.some((part) => part.startsWith('.'));
  return isDotted || isCompiled(parts.at(-1) ?? '') || whyNameMatters(parts) !== undefined;
}

function isCompiled(name: string): boolean {
  // A shared library may have its version behind the extension.
  const [, ending = ''] = /\.([a-z]+)(?:\.\d+)*$/.exec(name) ?? [];
  return compiledEndings.has(ending);
}

const lockMark = 'it decides which packages are fetched and run';

function whyNameMatters(parts: readonly string[]): string[] | undefined {
  const name = parts.at(-1) ?? '';
  if (lockFiles.has(name)) return [`a lock file: ${lockMark}`];
  const isObeyed = obeyedWhenUsed.has(name) || obeyedFamilies.some((one) => one.test(name));
  return isObeyed || parts.some((part) => obeyedFolders.has(part))
    ? ['builds, tests, CI or tools obey it']
    : undefined;
}

function isExecutable(state: EntryState | undefined): boolean {
  return state?.kind === 'file' && (state.mode & 0o111) !== 0;
}
