/** Honest packages, wrapped as the malware is. */
import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { MadeSkill, SetSources, SkillSets } from './public-set.ts';
import { byHash, packageSkill, slugOf } from './skill-page.ts';

export const honestPackages: SkillSets = {
  'honest-python': pythonPackages,
  'honest-npm': npmPackages,
};

const pins = new URL('./honest-python.txt', import.meta.url);
const ownPackages = new URL('../../node_modules/', import.meta.url).pathname;
const npmPackagesMax = 150;
const packageBytesMax = 600_000;

// pip keeps a list of a package's files, which are programs of the package or its data.
function* pythonPackages({ packages }: SetSources): Generator<MadeSkill> {
  if (packages === undefined)
    throw new Error(
      'honest-python needs --packages: a folder into which pip put honest-python.txt',
    );
  const names = readFileSync(pins, 'utf8').match(/^[^\s=#]+/gm) ?? [];
  let missing = 0;
  for (const name of names) {
    const [info] = globSync(`${name}-*.dist-info`, { cwd: packages });
    const record = join(packages, info ?? '', 'RECORD');
    if (info === undefined || !existsSync(record)) {
      missing++;
      continue;
    }
    const paths = recordedFiles(readFileSync(record, 'utf8'));
    const files = paths
      .filter((path) => existsSync(join(packages, path)))
      .map((path) => [path, readFileSync(join(packages, path))] as const);
    yield { id: slugOf(name), files: packageSkill(slugOf(name), name, 'pip', files) };
  }
  if (missing > 0) process.stderr.write(`${missing} of ${names.length} packages are missing\n`);
}

/**
 * The files of a package by pip's RECORD, without commands, pip's own metadata, and compiled files,
 * which the archives of malware are without as well.
 */
export function recordedFiles(record: string): string[] {
  return record
    .split('\n')
    .map((line) => /^"?(.*?)"?,[^,]*,[^,]*$/.exec(line.trim())?.[1] ?? '')
    .filter(
      (path) => path !== '' && !/^\.\.\/|^\/|__pycache__|\.(pyc|so)$|\.dist-info\//.test(path),
    );
}

// The packages that npm ci installed here: package-lock.json names each with its digest.
function* npmPackages(): Generator<MadeSkill> {
  const names = globSync(['*', '@*/*'], { cwd: ownPackages }).filter(
    (name) => !/^[.@][^/]*$/.test(name) && existsSync(join(ownPackages, name, 'package.json')),
  );
  const small = byHash(names, (name) => name)
    .map((name) => ({ name, paths: filesBelow(join(ownPackages, name)) }))
    .filter(({ name, paths }) => sizeOf(join(ownPackages, name), paths) <= packageBytesMax);
  for (const { name, paths } of small.slice(0, npmPackagesMax)) {
    const files = paths.map((path) => [path, readFileSync(join(ownPackages, name, path))] as const);
    yield { id: slugOf(name), files: packageSkill(slugOf(name), name, 'npm', files) };
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isFile()) return [entry.name];
    if (!entry.isDirectory() || entry.name === 'node_modules') return [];
    return filesBelow(join(folder, entry.name)).map((path) => `${entry.name}/${path}`);
  });
}

function sizeOf(folder: string, paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + statSync(join(folder, path)).size, 0);
}
