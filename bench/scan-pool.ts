/** How much faster two scanning children are than one. */
import { startScanPool } from '../scanner/worker/pool.ts';
import type { SourceFile } from '../skills-index/skill/bundle.ts';
import { wallMs } from './measure.ts';
import type { Row } from './row.ts';
import { fixtureSkills } from './skills.ts';

/** The speed-up of two isolated children over one. */
export async function poolRows(): Promise<Row[]> {
  const [warm, skills] = [fixtureSkills().slice(400, 600), fixtureSkills().slice(0, 400)];
  const taken: number[] = [];
  for (const children of [1, 2]) {
    const pool = await startScanPool({ children });
    const all = (given: readonly SourceFile[][]): Promise<unknown> =>
      Promise.all(
        given.map((files) => pool.scan(files, { name: '@bench/skill', version: '1.0.0' })),
      );
    // Other skills start and warm the children, which remember what they have scanned.
    await all(warm);
    taken.push(await wallMs(() => all(skills)));
    pool.close();
  }
  const [one = 0, two = 1] = taken;
  return [
    {
      name: `${skills.length} skills by two children, speed-up`,
      value: one / two,
      unit: '×',
      against: `one child ${(one / skills.length).toFixed(1)} ms each`,
      ratio: one / two,
      goal: '≥ 1.8 ×',
      held: one / two >= 1.8,
    },
  ];
}
