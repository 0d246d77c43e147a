import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { cutNote, fitForGitHub, sarifResultsMax } from '../../../../scanner/reports/sarif/sarif.ts';
import type { Sarif } from '../../../../scanner/reports/sarif/sarif-rules.ts';

const levels = ['note', 'error', 'warning'] as const;
const make = (count: number, text: () => string = () => ''): Sarif[] =>
  Array.from({ length: count }, (_, at) => ({ at, level: levels[at % 3], text: text() }));
// biome-ignore lint/suspicious/noExplicitAny: JSON of this file
const fitted = (results: readonly Sarif[], bytesMax?: number): any =>
  fitForGitHub(
    results,
    (kept) => ({ runs: [{ results: kept, notes: cutNote(kept.length, results.length) }] }),
    bytesMax,
  );

it('leaves a file alone that GitHub takes', () => {
  const results = make(sarifResultsMax);
  expect(fitted(results).runs[0]).toEqual({ results, notes: [] });
});

it('keeps the 25,000 most severe results in their order, and says how many there were', () => {
  const [run] = fitted(make(60_000)).runs;
  expect(run.results).toHaveLength(sarifResultsMax);
  const counts = Map.groupBy(run.results, ({ level }: { level: string }) => level);
  // All 20,000 errors, then the first warnings, and no note.
  expect([...counts].map(([level, of]) => [level, of.length])).toEqual([
    ['error', 20_000],
    ['warning', 5_000],
  ]);
  const places = run.results.map(({ at }: { at: number }) => at);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(run.notes[0].message.text).toMatch(/the 25000 most severe of 60000 findings/);
});

it('keeps fewer results where texts do not compress', () => {
  const results = make(300, () => randomBytes(2_000).toString('base64'));
  const bytesMax = 200_000;
  expect(gzipSync(JSON.stringify(results)).byteLength).toBeGreaterThan(bytesMax * 2);
  const file = fitted(results, bytesMax);
  expect(gzipSync(JSON.stringify(file)).byteLength).toBeLessThanOrEqual(bytesMax);
  expect(file.runs[0].results.length).toBeGreaterThan(50);
  expect(file.runs[0].notes).toHaveLength(1);
});

it('ends where no result is left to leave out', () => {
  expect(
    fitted(
      make(3, () => randomBytes(500).toString('base64')),
      10,
    ).runs[0].results,
  ).toEqual([]);
});
