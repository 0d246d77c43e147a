/** Prints the public sets: each attack side beside the honest side of its kind, with goals. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isHeld, printTable, shareOf } from '../detection.ts';
import { observer, withObservation } from './observe-set.ts';
import type { PublicSkill, SetSources } from './public-set.ts';
import { isDetected, scanSet } from './scan-set.ts';
import type { SetOutcome } from './set-outcome.ts';
import { groups, type JudgedSet, skillSets } from './sets.ts';
import { byHash } from './skill-page.ts';

export interface SetOptions extends SetSources {
  /** Names of sets; undefined for all. */
  readonly only: readonly string[] | undefined;
  /** A folder for one list of verdicts per set. */
  readonly rows: string | undefined;
  /** A folder that keeps the skills which the sets make, below the set's name. */
  readonly keep: string | undefined;
  /** A folder with a list of observations per set, which later calls go on with. */
  readonly observe?: string | undefined;
  /** How many skills of each set, in the order of the hashes of their ids; undefined for all. */
  readonly sample?: number | undefined;
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
    const isObserved = judged.some((one) => one.set === name && one.observed !== undefined);
    const after =
      options.observe === undefined || !isObserved
        ? undefined
        : observer(join(options.observe, `${name}.tsv`));
    outcomes.set(name, await scanSet(sampleOf(set(options), options.sample), keep, after));
    if (options.rows !== undefined) writeRows(options.rows, name, outcomes.get(name) ?? []);
  }
  return [tableOf(outcomes), ...uncounted(outcomes), ...unfinished(outcomes)].join('\n\n');
}

function sampleOf(skills: Iterable<PublicSkill>, sample: number | undefined) {
  return sample === undefined ? skills : byHash(skills, ({ id }) => id).slice(0, sample);
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
  { label, goal, observed, withScripts }: JudgedSet,
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
  const isObserved = observed !== undefined && outcomes.some((one) => one.observed !== undefined);
  return [
    row(label, outcomes, goal),
    ...(isObserved ? [row('  with detonation', outcomes.map(withObservation), observed)] : []),
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

// An observation without time for all steps is no alarm, and no proof either.
function unfinished(outcomes: ReadonlyMap<string, readonly SetOutcome[]>): string[] {
  return [...outcomes].flatMap(([name, those]) => {
    const rows = those.flatMap(({ observed }) => observed ?? []);
    const count = (wanted: string): number =>
      rows.filter(({ verdict }) => verdict === wanted).length;
    return rows.length === 0
      ? []
      : [
          `${name}: ${rows.length} observed, which the scan did not block: ${count('block')} block, ${count('review')} review, ${count('pass')} pass, ${count('incomplete')} without facts and without time for all steps, ${count('failed')} not observed because of an error.`,
        ];
  });
}
