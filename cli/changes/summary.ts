/** The summary of a change set: who made it, how much it changes, and in which folders. */
import { type Change, type ChangeSet, kindOf } from '../../skills-index/run/changes/changes.ts';
import { summaryFoldersMax } from '../limits.ts';
import { bytesText, count, type OutputInk, type Safe, safe, table } from '../terminal/output.ts';
import type { FoldedTree } from './folded.ts';
import type { ChangeMarks } from './marked.ts';
import { refsText } from './references.ts';
import { optionText, spellPath } from './shown-file.ts';

/** `2 created, 1 deleted`. */
export function kindsText(changes: readonly Change[]): string {
  const kinds = { created: 0, changed: 0, deleted: 0 };
  for (const change of changes) kinds[kindOf(change)]++;
  return Object.entries(kinds)
    .filter(([, number]) => number > 0)
    .map(([kind, number]) => `${number} ${kind}`)
    .join(', ');
}

/** The first lines of `changes show`; the folders only where there are several. */
export function summaryLines(set: ChangeSet, ink: OutputInk): Safe[] {
  const { agent, at, folders, skill, version } = set;
  const who = agent === 'operator' ? 'a run of the operator' : `agent ${agent}`;
  const all = folders.flatMap(({ changes }) => changes);
  const places = folders.flatMap(({ changes, target }) => placesOf(target, changes));
  const shown = places.slice(0, summaryFoldersMax);
  const rest = places.slice(summaryFoldersMax).reduce((sum, [, inside]) => sum + inside.length, 0);
  return [
    safe`${ink.bold([refsText(set), kindsText(all)].filter((part) => part !== '').join('; '))} by ${who} ${version === '' ? `in a ${skill}` : `with ${skill}@${version}`}, ${at}`,
    ...(places.length < 2
      ? []
      : [
          table(
            shown.map(([place, inside]) => [
              safe`  ${spellPath(place)}`,
              kindsText(inside),
              sizeText(inside),
            ]),
          ),
        ]),
    ...(rest === 0 ? [] : [safe`  … ${count(rest, 'change')} in further folders`]),
  ];
}

/** The line of a folded tree. */
export function treeLine(
  { changes, root }: FoldedTree,
  marks: ChangeMarks,
  run: string,
  ink: OutputInk,
): Safe {
  const marked = changes.filter((change) => (marks.get(change)?.length ?? 0) > 0).length;
  const check = marked === 0 ? safe`` : safe`, ${ink.red(`${marked} marked`)}`;
  const where = root === '.' ? 'files at the top' : `${root}/`;
  const pattern = root === '.' ? '*' : root;
  return safe`${ink.yellow('not shown one by one')}: ${where} ${kindsText(changes)}, ${sizeText(changes)}${check}: skillgate changes show ${run.slice(0, 8)} ${optionText('--path', pattern)}`;
}

// The first folder of each path, most changes first.
function placesOf(target: string, changes: readonly Change[]): [string, Change[]][] {
  const places = new Map<string, Change[]>();
  for (const change of changes) {
    const end = change.path.indexOf('/');
    const place = end === -1 ? target : `${target}/${change.path.slice(0, end)}`;
    const inside = places.get(place);
    if (inside === undefined) places.set(place, [change]);
    else inside.push(change);
  }
  return [...places].sort(([, a], [, b]) => b.length - a.length);
}

function sizeText(changes: readonly Change[]): string {
  const bytes = changes.reduce(
    (sum, { after }) => sum + (after?.kind === 'file' ? after.bytes : 0),
    0,
  );
  return bytesText(bytes);
}
