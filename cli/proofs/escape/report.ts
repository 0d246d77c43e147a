/** `skillgate doctor --escape`: runs the suite on this host and prints the results. */
import { type CommandContext, type ExitCode, exitCodes } from '../../command.ts';
import {
  answer,
  count,
  inkFor,
  joined,
  type OutputInk,
  type Safe,
  safe,
  table,
} from '../../terminal/output.ts';
import { startProgress } from '../../terminal/progress.ts';
import { escapeBackends } from './backends.ts';
import { type EscapeResult, escapeGroups } from './row.ts';
import { escapeRows } from './rows.ts';
import { runEscapeSuite } from './suite.ts';

/** @throws Problem `usage`, `sandbox-missing` */
export async function reportEscapes(
  context: CommandContext,
  backend: string | undefined,
): Promise<ExitCode> {
  const { sandboxes, missing } = escapeBackends(backend);
  const progress = startProgress(context, escapeRows.length * sandboxes.length, 'attempts');
  const results = await runEscapeSuite({
    rows: escapeRows,
    sandboxes,
    signal: context.signal,
    onResult: ({ name }) => progress.step(name),
  }).finally(() => progress.end());
  const ink = inkFor(context.stdout, context.env);
  answer(context, { schema: 'skillgate.escape/1', rows: results }, () =>
    joined(
      [
        ...sandboxes.map(({ name }) =>
          backendText(
            results.filter((row) => row.backend === name),
            name,
            ink,
          ),
        ),
        ...missing.map(({ name, why }) => safe`not tested: ${name}: ${why}`),
      ],
      '\n\n',
    ),
  );
  return results.some((row) => row.result === 'through') ? exitCodes.refused : exitCodes.ok;
}

/** Counts by group and result, then each attempt that got through or was not tested. */
export function backendText(rows: readonly EscapeResult[], backend: string, ink: OutputInk): Safe {
  const columns = ['blocked', 'contained', 'untested', 'through'] as const;
  const cells = (name: string, some: readonly EscapeResult[]) => [
    name,
    some.length,
    some.filter((row) => row.bare === 'succeeds').length,
    ...columns.map((result) => some.filter((row) => row.result === result).length),
  ];
  const groups = escapeGroups
    .map((group) =>
      cells(
        group,
        rows.filter((row) => row.group === group),
      ),
    )
    .filter(([, number]) => number !== 0);
  const counts = table([
    [`on ${backend}`, 'rows', 'work bare', ...columns],
    ...groups,
    cells('all', rows),
  ]);
  const open = rows.filter((row) => row.result === 'through');
  const untested = rows.filter((row) => row.result === 'untested');
  const line = ({ group, name, bare, detail }: EscapeResult): Safe =>
    safe`  ${group}: ${name} (bare: ${bare}) ${detail}`;
  return joined(
    [
      counts,
      ...(untested.length === 0
        ? []
        : [
            safe`${ink.yellow('untested')}: the attempt fails on this host without a sandbox too, or the backend lacks what it needs`,
            ...untested.map(line),
          ]),
      ...(open.length === 0 ? [] : [safe`${ink.red('through')}:`, ...open.map(line)]),
      open.length === 0
        ? safe`${ink.green('no attempt got through')} ${backend}`
        : safe`${ink.red(`${count(open.length, 'attempt')} got through`)} ${backend}`,
    ],
    '\n',
  );
}
