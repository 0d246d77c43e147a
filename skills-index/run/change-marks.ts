/** What a person has to look at first among changes: names that no list shuts, and that hosts, builds or agents may run or obey. Pure. */
import { pathTwinKey } from '../skill/bundle-path.ts';
import { type Change, type EntryState, kindOf } from './changes.ts';

const lockFiles = new Set(
  [
    'bun.lock bun.lockb Cargo.lock composer.lock conan.lock deno.lock flake.lock Gemfile.lock go.sum gradle.lockfile mix.lock',
    'npm-shrinkwrap.json package-lock.json packages.lock.json pdm.lock Pipfile.lock pixi.lock pnpm-lock.yaml Podfile.lock poetry.lock',
    'pubspec.lock pylock.toml uv.lock yarn.lock .terraform.lock.hcl',
  ].flatMap((line) => line.toLowerCase().split(' ')),
);

// Ordinary work edits them, so they are marked and not shut.
const obeyedWhenUsed = new Set(
  [
    '.proverc .python-version .nvmrc .rspec ansible.cfg appveyor.yml azure-pipelines.yml bitbucket-pipelines.yml build build.bazel',
    'build.gradle build.gradle.kts build.rs build.sbt buildspec.yml Cargo.toml cloudbuild.yaml CMakeLists.txt composer.json conftest.py',
    'compose.yaml compose.yml CONVENTIONS.md default.nix deno.json deno.jsonc Directory.Build.props Directory.Build.rsp',
    'Directory.Build.targets docker-compose.yaml docker-compose.yml flake.nix Gemfile GNUmakefile gradle.properties gradlew Jenkinsfile',
    'justfile Makefile mcp.json mix.exs module.bazel netlify.toml noxfile.py NuGet.config pip.conf pnpm-workspace.yaml Podfile poetry.toml',
    'Procfile pyproject.toml Rakefile renovate.json settings.gradle settings.gradle.kts setup.cfg setup.py shell.nix sitecustomize.py',
    'Snakefile startup.m Taskfile.yml Tiltfile tox.ini usercustomize.py uv.toml Vagrantfile vercel.json workspace workspace.bazel',
  ].flatMap((line) => line.toLowerCase().split(' ')),
);
const obeyedFamilies = [
  /\.config\.[cm]?[jt]s$/,
  /^\.[a-z-]+rc(?:\.|$)/,
  /^(?:containerfile|dockerfile)(?:\.|$)/,
  /\.(?:mk|pth)$/,
];

/** Words for a person; none for an ordinary change. */
export function marksOf(change: Change): string[] {
  const { path, before, after } = change;
  if (after === undefined) return [];
  const name = pathTwinKey(path.split('/').at(-1) ?? '');
  const isNew = kindOf(change) === 'created';
  return [
    ...(isNew && name.startsWith('.') ? ['new, and its name begins with a dot'] : []),
    ...(isExecutable(after) ? [isNew || isExecutable(before) ? 'executable' : 'executable now'] : []),
    ...(lockFiles.has(name) ? ['a lock file: it decides which packages are fetched and run'] : []),
    ...(obeyedWhenUsed.has(name) || obeyedFamilies.some((one) => one.test(name)) ? ['builds, tests, CI or tools obey it'] : []),
    ...(before !== undefined && (before.uid !== after.uid || before.gid !== after.gid) ? ['another owner or group'] : []),
  ];
}

function isExecutable(state: EntryState | undefined): boolean {
  return state?.kind === 'file' && (state.mode & 0o111) !== 0;
}
