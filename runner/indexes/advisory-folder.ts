/**
 * Reads the operator's advisories about malicious packages. Two layouts exist: a folder for each
 * package, as the repository of the Open Source Security Foundation has, and a folder of files, as
 * OSV's archives have. The runner reads the second whole at the start of a session.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  advisoryFile,
  advisoryFolders,
  type MaliciousVersions,
  parseAdvisory,
} from '../../skills-index/run/indexes/advisory.ts';
import type { Ecosystem } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { advisoriesMax, advisoryBytesMax } from './limits.ts';

/** Returns the advisories about one package, by the package's name in normal form. */
export type Advisories = (ecosystem: Ecosystem, name: string) => readonly MaliciousVersions[];

const layouts = ['', 'malicious', 'osv/malicious'];

/**
 * @throws Problem `host-policy-invalid` when the folder is absent, has too many files, or has an
 * advisory that cannot be read: a package must not pass because its advisory was skipped
 */
export function openAdvisories(folder: string | undefined): Advisories {
  if (folder === undefined) return () => [];
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new Problem(
      'host-policy-invalid',
      `Cannot read advisories: there is no folder ${folder}`,
      {
        hint: 'name the folder of your OSV mirror under "advisories" in host.json',
      },
    );
  const flat = [
    folder,
    ...Object.values(advisoryFolders)
      .flat()
      .map((name) => join(folder, name)),
  ];
  const read = flat.flatMap((path) => advisoriesIn(path));
  return (ecosystem, name) => {
    const own = layouts.flatMap((layout) =>
      advisoryFolders[ecosystem].flatMap((named) =>
        advisoriesIn(join(folder, layout, named, name)),
      ),
    );
    return [...read, ...own].filter((one) => one.ecosystem === ecosystem && one.name === name);
  };
}

function advisoriesIn(folder: string): readonly MaliciousVersions[] {
  const names = namesIn(folder).filter((name) => advisoryFile.test(name));
  if (names.length > advisoriesMax)
    throw new Problem(
      'host-policy-invalid',
      `Cannot read ${folder}: it has more than ${advisoriesMax} advisories`,
      { hint: 'use the layout with a folder for each package, ECOSYSTEM/NAME/MAL-….json' },
    );
  return names.flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).size > advisoryBytesMax)
      throw new Problem(
        'host-policy-invalid',
        `Cannot read ${path}: it has more than ${advisoryBytesMax} bytes`,
      );
    return parseAdvisory(readFileSync(path, 'utf8'), path);
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw cause;
  }
}
