/** One measured line: a value, what it is held against in the same run, the ratio, and the goal. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with, with its own value. */
  readonly against: string;
  readonly ratio: number;
  /** The goal in words, `≤ 1.15`. */
  readonly goal: string;
  readonly held: boolean;
}

/** A line that could not be measured. */
export interface Unmeasured {
  readonly name: string;
  readonly goal: string;
  readonly why: string;
}

/** A row whose goal is a greatest ratio. */
export function ratioRow(
  name: string,
  value: number,
  unit: string,
  other: { readonly name: string; readonly value: number },
  atMost: number,
): Row {
  const ratio = value / other.value;
  return {
    name,
    value,
    unit,
    against: `${other.name} ${round(other.value)} ${unit}`,
    ratio,
    goal: `≤ ${atMost} ×`,
    held: ratio <= atMost,
  };
}

/** The rows as a table for people. */
export function printRows(rows: readonly (Row | Unmeasured)[]): string {
  const cells = rows.map((row) =>
    'why' in row
      ? [row.name, '–', row.why, '–', row.goal, 'NOT MEASURED']
      : [
          row.name,
          `${round(row.value)} ${row.unit}`,
          row.against,
          `${round(row.ratio)} ×`,
          row.goal,
          row.held ? 'held' : 'MISSED',
        ],
  );
  const all = [['what', 'value', 'against', 'ratio', 'goal', ''], ...cells];
  const widths = (all[0] ?? []).map((_, column) =>
    Math.max(...all.map((line) => line[column]?.length ?? 0)),
  );
  return all
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
