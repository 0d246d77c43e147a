/** Prints the public sets: each attack side beside the honest side of its kind, with goals. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isHeld, printTable, shareOf } from '../detection.ts';
import type { SetSources } from './public-set.ts';
import { isDetected, type SetOutcome, scanSet } from './scan-set.ts';
import { groups, type JudgedSet, skillSets } from './sets.ts';

export interface SetOptions extends SetSources {
  /** Names of sets; undefined for all. */
  readonly only: readonly string[] | undefined;
  /** A folder for one list of verdicts per set. */
  readonly rows: string | undefined;
  /** A folder that keeps the skills which the sets make, below the set's name. */
  readonly keep: string | undefined;
}

/** @throws Error for an unknown name in `only`, and for a missing mirror */
export async function setsTable(options: SetOptions): Promise<string> {
  const judged = groups.flatMap(({ attacks, honest }) => [...attacks, ...honest]);
  const names = options.only ?? judged.map(({ set }) => set);
  const outcomes = new Map<string, readonly SetOutcome[]>();
  for (const name of names) {
    const set = skillSets[name];
    if (set === undefined)
      throw new Error(`No set ${name}; the sets are ${Object.keys(skillSets).join(', ')}`);
    if (name === 'honest-python' && options.packages === undefined && options.only === undefined) {
      process.stderr.write('honest-python is left out without --packages\n');
      continue;
    }
    process.stderr.write(`${name} …\n`);
    const keep = options.keep === undefined ? undefined : join(options.keep, name);
    outcomes.set(name, await scanSet(set(options), keep));
    if (options.rows !== undefined) writeRows(options.rows, name, outcomes.get(name) ?? []);
  }
  return [tableOf(outcomes), ...uncounted(outcomes)].join('\n\n');
}

function writeRows(folder: string, set: string, outcomes: readonly SetOutcome[]): void {
  mkdirSync(folder, { recursive: true });
  const lines = outcomes.map(
    ({ id, verdict, decidedBy, cpuMs }) =>
      `${[id, verdict, decidedBy.join(' '), cpuMs.toFixed(1)].join('\t')}\n`,
  );
  writeFileSync(join(folder, `${set}.tsv`), lines.join(''));
}

const columns = ['block', 'review or above', 'goal'];

/** Sets without outcomes have no row. */
export function tableOf(outcomes: ReadonlyMap<string, readonly SetOutcome[]>): string {
  const rows = groups.flatMap(({ attacks, honest }) => {
    const left = attacks.flatMap((one) => rowsOf(one, outcomes.get(one.set), isDetected));
    const right = honest.flatMap((one) =>
      rowsOf(one, outcomes.get(one.set), ({ verdict }) => isHeld(verdict)),
    );
    const count = Math.max(left.length, right.length);
    return Array.from({ length: count }, (_, at) => [
      ...(left[at] ?? ['', '', '', '']),
      ...(right[at] ?? ['', '', '', '']),
    ]);
  });
  return printTable(['attacks', ...columns, 'honest', ...columns], rows);
}

function rowsOf(
  { label, goal, withScripts }: JudgedSet,
  outcomes: readonly SetOutcome[] | undefined,
  isCounted: (outcome: SetOutcome) => boolean,
): string[][] {
  if (outcomes === undefined) return [];
  const row = (name: string, those: readonly SetOutcome[], wanted: string): string[] => [
    name,
    shareOf(those.filter((one) => one.verdict === 'block' && isCounted(one)).length, those.length),
    shareOf(those.filter(isCounted).length, those.length),
    wanted,
  ];
  const scripts = outcomes.filter(({ hasScripts }) => hasScripts);
  return [
    row(label, outcomes, goal),
    ...(withScripts === undefined ? [] : [row(`${label}, with scripts`, scripts, withScripts)]),
  ];
}

function uncounted(outcomes: ReadonlyMap<string, readonly SetOutcome[]>): string[] {
  return groups
    .flatMap(({ attacks }) => attacks)
    .flatMap(({ set, label }) => {
      const those = outcomes.get(set) ?? [];
      const alone = those.filter((one) => isHeld(one.verdict) && !isDetected(one));
      return alone.length === 0
        ? []
        : [
            `${label}: ${alone.length} of ${those.length} are held by \`supply/install-hook\` alone, and do not count.`,
          ];
    });
}
