/** The table at the end of `npm run faults`. */
import { actKinds } from './acts.ts';
import type { Kills } from './kills.ts';

export function printKills(kills: Kills): string {
  const { platform, rounds, startsEnded, acknowledged, unanswered, refused, faults } = kills;
  const count = (kind: string, act?: string): number =>
    new Set(faults.filter((one) => one.kind === kind && one.act === act).map(({ what }) => what))
      .size;
  const cells = actKinds.map((act) => [act, acknowledged[act], count('lost', act)]);
  const sum = (at: number): number => cells.reduce((total, row) => total + Number(row[at]), 0);
  const rows = [['', 'acknowledged', 'lost'], ...cells, ['all', sum(1), sum(2)]];
  const others = [...refused].sort().map(([code, times]) => `${times} × ${code}`);
  return [
    `${rounds} kills on ${platform}, and ${startsEnded} during a start`,
    ...rows.map(([act, ...figures]) =>
      [String(act).padEnd(10), ...figures.map((one) => String(one).padStart(14))].join(''),
    ),
    `half-written: ${count('half')}; left over: ${count('left over')}`,
    `sent again because their answers were lost: ${unanswered}`,
    `other answers: ${others.join(', ') || 'none'}`,
    '',
  ].join('\n');
}
