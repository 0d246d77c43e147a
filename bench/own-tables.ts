/** How well verdicts tell our own attacks from their honest twins. Nothing of them is run. */
import { scanSkill } from '../scanner/scan.ts';
import type { Verdict } from '../skills-index/statement/finding.ts';
import {
  blindHalves,
  decidesAtAttack,
  type Half,
  halves,
  type OwnAttack,
  ownAttacks,
} from '../test/scanner/own-attacks.ts';
import { isHeld, printTable, shareOf } from './detection.ts';

interface Outcome extends Pick<OwnAttack, 'half' | 'technique' | 'language'> {
  readonly attack: Verdict;
  readonly located: boolean;
  readonly twin: Verdict;
}

const columns = [
  'block',
  'review or above',
  'decided at the attack',
  'twins blocked',
  'twins held',
];

/**
 * One row for each half, then the halves by blind authors by technique and by language. The tables
 * have sums only: single outcomes of a frozen half stay unseen.
 */
export async function ownTables(): Promise<string> {
  const outcomes = new Map<Half, Outcome[]>();
  for (const half of [...halves, ...blindHalves]) outcomes.set(half, await outcomesOf(half));
  const all = [...outcomes].map(([half, those]) => [half, ...sharesOf(those)]);
  return [
    printTable(['own attacks', ...columns], all),
    ...blindHalves.map((half) => partTable(half, outcomes.get(half) ?? [])),
  ].join('\n\n');
}

async function outcomesOf(half: Half): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const one of ownAttacks(half)) {
    const report = await scanSkill(one.attack);
    outcomes.push({
      half,
      technique: one.technique,
      language: one.language,
      attack: report.verdict,
      located: decidesAtAttack(one, report),
      twin: (await scanSkill(one.twin)).verdict,
    });
  }
  return outcomes;
}

function partTable(half: Half, outcomes: readonly Outcome[]): string {
  const parts = (['technique', 'language'] as const).flatMap((key) =>
    [...new Set(outcomes.map((one) => one[key]))]
      .sort()
      .map((name) => [name, ...sharesOf(outcomes.filter((one) => one[key] === name))]),
  );
  return printTable([half, ...columns], parts);
}

function sharesOf(outcomes: readonly Outcome[]): string[] {
  const share = (is: (one: Outcome) => boolean, those = outcomes): string =>
    shareOf(those.filter(is).length, those.length);
  const held = outcomes.filter(({ attack }) => isHeld(attack));
  return [
    share(({ attack }) => attack === 'block'),
    share(({ attack }) => isHeld(attack)),
    share(({ located }) => located, held),
    share(({ twin }) => twin === 'block'),
    share(({ twin }) => isHeld(twin)),
  ];
}
