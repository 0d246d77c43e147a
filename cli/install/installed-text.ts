/**
 * The content of an installed folder as text: files that run in the sandbox, refused files, and
 * unchanged files.
 */
import { count } from '../terminal/output.ts';
import type { InstalledFiles } from './skill-folder.ts';

const namesMax = 5;

/**
 * One line for each kind of file. The lines are exact, so that nobody expects a limit that does not
 * exist.
 */
export function standLines(files: InstalledFiles): string[] {
  const all = [...files];
  const runs = all.flatMap(([path, { standIn }]) =>
    standIn?.kind === 'runs'
      ? [standIn.command === path ? path : `${path} (${standIn.command})`]
      : [],
  );
  const refused = all.flatMap(([path, { standIn }]) => (standIn?.kind === 'refuses' ? [path] : []));
  const plain = all.length - runs.length - refused.length;
  return [
    ...(runs.length === 0
      ? ['the skill has no commands']
      : [`files that start a command in the sandbox: ${some(runs)}`]),
    ...(refused.length === 0
      ? []
      : [
          `rejected on this host, because no command of skill.json names the file: ${some(refused)}`,
        ]),
    `unchanged: ${count(plain, 'file')} of text and data`,
  ];
}

/** As JSON: path → the command that a shim runs, `refuses`, or `as approved`. */
export function standJson(files: InstalledFiles): Record<string, string> {
  return Object.fromEntries(
    [...files].map(([path, { standIn }]) => [
      path,
      standIn === undefined
        ? 'as approved'
        : standIn.kind === 'runs'
          ? `runs ${standIn.command}`
          : 'refuses',
    ]),
  );
}

function some(names: readonly string[]): string {
  const more = names.length - namesMax;
  return names.slice(0, namesMax).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
