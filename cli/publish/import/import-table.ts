/** The outcome of each imported skill, as a table and as counts. */
import type { CommandContext } from '../../command.ts';
import { answer, count, inkFor, joined, type Safe, safe, table } from '../../terminal/output.ts';

export interface ImportRow {
  /** The folder, relative to the imported folder or repository. */
  readonly path: string;
  readonly name?: string;
  readonly version?: string;
  readonly bundle?: string;
  /** `there`: the version was already published. */
  readonly outcome: 'taken' | 'there' | 'refused';
  /** Code of the refusal. */
  readonly code?: string;
  readonly reason?: string;
  readonly inferred: boolean;
  /** The registry's verdict; null while there is none. */
  readonly verdict: string | null;
  readonly status: string | null;
  /** The verdict of the scan on this machine; `none` where nothing was scanned. */
  readonly localVerdict: string;
  /** Time from reading the folder to the verdict. */
  readonly seconds: number;
}

export function importAnswer(
  context: CommandContext,
  scope: string,
  rows: readonly ImportRow[],
): void {
  const counts = {
    outcomes: countBy(rows, (row) => row.outcome),
    refusals: countBy(rows, (row) => row.code),
    verdicts: countBy(rows, (row) => row.verdict ?? undefined),
    localVerdicts: countBy(rows, (row) => row.localVerdict),
  };
  answer(
    context,
    {
      schema: 'skillgate.import/1',
      scope,
      skills: rows.length,
      ...counts,
      rows,
    },
    () =>
      joined(
        [
          importTable(context, rows),
          safe`${count(rows.length, 'skill')}: ${outcomesText(rows)}${rows.some((row) => row.code) ? `; refused for ${countsText(counts.refusals)}` : ''}`,
          safe`verdicts: ${countsText(counts.verdicts)}; scanned here: ${countsText(counts.localVerdicts)}`,
        ],
        '\n',
      ),
  );
}

const outcomeWords: Readonly<Record<ImportRow['outcome'], string>> = {
  taken: 'imported',
  there: 'unchanged',
  refused: 'refused',
};

/** A line for each skill. */
function importTable(context: CommandContext, rows: readonly ImportRow[]): Safe {
  return table(rows.map((row) => rowText(context, row)));
}

/** How many skills had each outcome. */
function outcomesText(rows: readonly ImportRow[]): string {
  return countsText(countBy(rows, (row) => outcomeWords[row.outcome]));
}

function rowText(context: CommandContext, row: ImportRow): (string | Safe)[] {
  const ink = inkFor(context.stdout, context.env);
  const word = outcomeWords[row.outcome];
  const outcome = row.outcome === 'refused' ? ink.red(word) : ink.green(word);
  const what =
    row.name === undefined
      ? row.path
      : `${row.name}@${row.version}${row.inferred ? ' (inferred)' : ''}`;
  const why =
    row.outcome === 'refused'
      ? safe`${row.code ?? ''}: ${row.reason ?? ''}`
      : safe`${row.status ?? ''}`;
  return [
    what,
    outcome,
    row.verdict ?? (row.localVerdict === 'none' ? '' : `${row.localVerdict} (here)`),
    `${row.seconds.toFixed(1)} s`,
    why,
  ];
}

function countBy(
  rows: readonly ImportRow[],
  key: (row: ImportRow) => string | undefined,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) {
    const word = key(row);
    if (word !== undefined) counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}

function countsText(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([word, count]) => `${count} ${word}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}
