/** The table of all commands, for parsing, help, "did you mean" and lazy loading. */

import { nearest } from '../../skills-index/skill/text/nearest.ts';
import type { CommandRow } from '../command.ts';
import { agentRows, secretRows } from './rows/agent-rows.ts';
import { authorRows } from './rows/author-rows.ts';
import { everyoneRows } from './rows/everyone-rows.ts';
import { auditRows, changesRows, hostPolicyRows, installPolicyRows } from './rows/host-rows.ts';
import { installerRows, searchRows } from './rows/installer-rows.ts';
import { operatorRows } from './rows/operator-rows.ts';
import { reviewerRows } from './rows/reviewer-rows.ts';
import { holdRows, hostRows, monitorRows } from './rows/watching-rows.ts';
import { commandRowOf, type WrittenRow } from './written-row.ts';

export interface CommandGroup {
  /** The role of those who type the commands. */
  readonly title: string;
  readonly rows: readonly CommandRow[];
}

const groups: readonly { readonly title: string; readonly rows: readonly WrittenRow[] }[] = [
  { title: 'Author', rows: [...everyoneRows, ...authorRows] },
  { title: 'Reviewer', rows: reviewerRows },
  {
    title: 'Host',
    rows: [
      ...searchRows,
      ...installerRows,
      ...installPolicyRows,
      ...hostPolicyRows,
      ...holdRows,
      ...changesRows,
      ...auditRows,
      ...hostRows,
    ],
  },
  { title: 'Agent', rows: [...agentRows, ...secretRows] },
  { title: 'Registry', rows: [...operatorRows, ...monitorRows] },
];

export const commandGroups: readonly CommandGroup[] = groups.map(({ title, rows }) => ({
  title,
  rows: rows.map(commandRowOf),
}));

export const commandRows: readonly CommandRow[] = commandGroups.flatMap((group) => group.rows);

/** Commands of other package managers, and the name of ours. */
const elsewhere: Readonly<Record<string, string>> = {
  uninstall: 'skillgate remove',
  rm: 'skillgate remove',
  delete: 'skillgate remove',
  upgrade: 'skillgate update',
  ls: 'skillgate list',
  info: 'skillgate show',
  view: 'skillgate show',
  add: 'skillgate install',
  find: 'skillgate search',
  audit: 'skillgate packages audit',
  unpublish: 'skillgate yank',
  index:
    'skillgate registry export (the public files of a registry), or skillgate host index (package indexes)',
};

export type Found =
  | { readonly kind: 'command'; readonly row: CommandRow; readonly rest: readonly string[] }
  | { readonly kind: 'group'; readonly rows: readonly CommandRow[] }
  | UnknownCommand;

export interface UnknownCommand {
  readonly kind: 'unknown';
  readonly name: string;
  /** Commands with a similar name. */
  readonly near: readonly string[];
  /** Our way to the same result; undefined where other programs lack this command too. */
  readonly instead: string | undefined;
}

/** Finds the command at the start of an argument list; names of two words come first. */
export function findCommand(argv: readonly string[]): Found {
  const [first = '', second = ''] = argv;
  for (const [name, words] of [[`${first} ${second}`, 2] as const, [first, 1] as const]) {
    const row = commandRows.find((candidate) => candidate.name === name);
    if (row !== undefined) return { kind: 'command', row, rest: argv.slice(words) };
  }
  const rows = commandRows.filter((candidate) => candidate.name.startsWith(`${first} `));
  if (rows.length > 0 && (second === '' || second.startsWith('-'))) return { kind: 'group', rows };
  const name = rows.length > 0 ? `${first} ${second}` : first;
  const names = rows.length > 0 ? rows.map((row) => row.name) : commandRows.map((row) => row.name);
  // Many people type only the second word of a name: `approve` for `review approve`.
  const sameEnd = names.filter((candidate) => candidate.endsWith(` ${name}`));
  const near = [sameEnd, nearest(name, names), rows.length > 0 ? names : []].find(
    (some) => some.length > 0,
  );
  return { kind: 'unknown', name, near: near ?? [], instead: elsewhere[name] };
}
