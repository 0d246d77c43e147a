import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { shuffled } from '../../bench/search/candidates.ts';
import { withoutCopies } from '../../bench/search/copies.ts';
import {
  type Description,
  digestOf,
  listedDigests,
  readDescriptions,
} from '../../bench/search/descriptions.ts';
import { generateSkills, hiddenFrom, registryWithPrivate } from '../../bench/search/hidden.ts';
import { layOutDescriptions } from '../../bench/search/lay-out.ts';
import { intervalOf, kappaOf, ndcgAt, recallAt } from '../../bench/search/measures.ts';
import { gradesOf, halfOf, type LabelledQuery, readQueries } from '../../bench/search/queries.ts';
import { rankers } from '../../bench/search/rankers.ts';
import { findSkills } from '../../registry/catalogue/search/find-skills.ts';
import { searchedIds } from '../../registry/catalogue/visible-skills.ts';

describe('measures', () => {
  // By hand: 3/log₂2 + 1/log₂3 = 3.63093 is the best gain of one 2 and one 1.
  const twoAndOne = { a: 2, b: 1 };
  const ones = { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 };
  it.each([
    ['the best order', twoAndOne, 'ab', 1, 1],
    ['the lesser one first', twoAndOne, 'ba', 0.796708, 1],
    ['places lost to others', twoAndOne, 'xya', 0.413117, 0.5],
    ['beyond the fifth place', twoAndOne, 'vwxyzab', 0, 1],
    ['beyond the tenth place', twoAndOne, 'opqrstuvwxab', 0, 0],
    ['named twice', twoAndOne, 'aab', 1, 1],
    ['more relevant ones than places', ones, 'abcde', 1, 5 / 6],
    ['a judged one that is not relevant', { a: 2, b: 0 }, 'ba', 0.63093, 1],
    ['no result', twoAndOne, '', 0, 0],
  ])('%s', (_, grades, ranked, ndcg, recall) => {
    const byDigest = new Map(Object.entries(grades));
    expect(ndcgAt(5, [...ranked], byDigest)).toBeCloseTo(ndcg, 5);
    expect(recallAt(10, [...ranked], byDigest)).toBeCloseTo(recall, 5);
  });

  it('the interval of a mean is near two standard errors wide, and always the same', () => {
    const values = Array.from({ length: 100 }, (_, at) => at % 2);
    const [low, high] = intervalOf(values);
    expect(Math.abs(low - (0.5 - 1.96 * 0.05))).toBeLessThan(0.02);
    expect(Math.abs(high - (0.5 + 1.96 * 0.05))).toBeLessThan(0.02);
    expect(intervalOf(values)).toEqual([low, high]);
    expect(intervalOf([0.25, 0.25])).toEqual([0.25, 0.25]);
  });

  // Rows of a table of two judges: both 1, only the first 1, only the second 1, both 0.
  it.each([
    [[20, 5, 10, 15], 0.4],
    [[25, 25, 25, 25], 0],
    [[50, 0, 0, 50], 1],
    [[0, 50, 50, 0], -1],
    [[100, 0, 0, 0], 1],
  ])('kappa of %j is %d', ([both = 0, first = 0, second = 0, neither = 0], kappa) => {
    const pairs: [number, number][] = [
      ...Array.from({ length: both }, (): [number, number] => [1, 1]),
      ...Array.from({ length: first }, (): [number, number] => [1, 0]),
      ...Array.from({ length: second }, (): [number, number] => [0, 1]),
      ...Array.from({ length: neither }, (): [number, number] => [0, 0]),
    ];
    expect(kappaOf(pairs)).toBeCloseTo(kappa, 10);
  });
});

describe('labelled queries', () => {
  const halves = ['open', 'frozen'] as const;
  const queries = halves.flatMap(readQueries);
  const listed = listedDigests();
  const idsOf = (those: readonly LabelledQuery[]): string[] => those.map(({ id }) => id);

  it('are enough, each once', () => {
    expect(listed.size).toBeGreaterThanOrEqual(2_000);
    expect(queries.length).toBeGreaterThanOrEqual(240);
    expect(new Set(idsOf(queries)).size).toBe(queries.length);
    expect(new Set(queries.map(({ query }) => query)).size).toBe(queries.length);
  });

  it('are in the half of the description that they were written for', () => {
    const wrong = halves.flatMap((half) =>
      readQueries(half).filter(({ drawn }) => halfOf(drawn) !== half),
    );
    expect(idsOf(wrong)).toEqual([]);
  });

  it('of the frozen half cannot be read by accident', () => {
    const file = new URL('../../bench/search/frozen-queries.jsonl', import.meta.url);
    const text = readFileSync(file, 'utf8');
    expect(idsOf(readQueries('frozen').filter(({ query }) => text.includes(query)))).toEqual([]);
    expect(idsOf(queries.filter(({ query }) => query.includes('\uFFFD')))).toEqual([]);
  });

  it('were written for descriptions that chance chose', () => {
    const chosen = new Set(shuffled('draw', [...listed.keys()]).slice(0, 310));
    expect(idsOf(queries.filter(({ drawn }) => !chosen.has(drawn)))).toEqual([]);
  });

  it('have judgements about listed descriptions, each of which is in one place', () => {
    const wrong = queries.filter(({ labels, irrelevant, drawn }) => {
      const judged = [...Object.keys(labels), ...irrelevant];
      return (
        new Set(judged).size !== judged.length ||
        !judged.every((digest) => listed.has(digest)) ||
        !judged.includes(drawn)
      );
    });
    expect(idsOf(wrong)).toEqual([]);
  });

  it('have the grade of both passes where they agree, and a relevant description', () => {
    const wrong = queries.filter(
      (query) =>
        Object.values(query.labels).some(
          ([first, second, final]) => first === second && final !== first,
        ) || ![...gradesOf(query).values()].some((grade) => grade > 0),
    );
    expect(idsOf(wrong)).toEqual([]);
  });
});

describe('descriptions', () => {
  const made = (name: string, description: string): Description => ({
    digest: digestOf(name, description),
    name,
    description,
    source: 'acme/skills',
    commit: '',
    path: name,
    opening: '',
  });
  const report = made('weekly-report', 'Writes the weekly report from the numbers of a CSV file.');

  it.each([
    [
      'the same text',
      'weekly-report',
      'Writes the weekly report from the numbers of a CSV file.',
      1,
    ],
    [
      'other space and case',
      'Weekly Report',
      'writes the weekly report\nfrom the numbers of a CSV file',
      1,
    ],
    [
      'one word more',
      'weekly-report',
      'Writes the whole weekly report from the numbers of a CSV file.',
      1,
    ],
    ['another skill', 'monthly-invoice', 'Writes invoices from the hours of a calendar.', 2],
  ])('%s after a description', (_, name, description, kept) => {
    expect(withoutCopies([report, made(name, description)])).toHaveLength(kept);
  });

  it('a layout without mirrors says how to make each of them, and is not whole', () => {
    const folder = temporaryFolder();
    const { text, whole } = layOutDescriptions(join(folder, 'mirrors'), folder, { write: false });
    expect(whole).toBe(false);
    expect(text).toContain('git clone --bare https://github.com/anthropics/skills');
    expect(text).toContain('This layout is not the listed one.');
  });

  it('another layout than the listed one is not measured', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'descriptions.jsonl'), `${JSON.stringify(report)}\n`);
    expect(() => readDescriptions(folder)).toThrow('acme/skills: not listed: 1');
  });

  it.each(rankers)(
    '$name finds a description by a word, and answers no words',
    async ({ index }) => {
      const search = index([report, made('monthly-invoice', 'Writes invoices.')]);
      expect((await search('report, please: "CSV" AND (NOT'))[0]).toBe(report.digest);
      expect(await search('…')).toEqual([]);
    },
  );
});

it('nine of ten generated skills are private, and hidden from strangers', async () => {
  const some = ['Writes invoices from hours.', 'Reads mail of a team.'].map((description, at) => ({
    digest: String(at),
    name: `skill-${at}`,
    description,
  }));
  const registry = await registryWithPrivate(generateSkills(some, 40));
  const found: Record<string, readonly number[]> = {};
  for (const [who, hidden] of Object.entries(hiddenFrom)) {
    const { skills } = await findSkills(registry, { query: 'invoices mail', hidden });
    const ids = await searchedIds(registry, hidden);
    found[who] = [skills.length, ids?.length ?? 0];
  }
  // The number of skills, and of the ranges of ids that the search read; none for all ids.
  expect(found).toEqual({
    everything: [40, 0],
    'one of nine private scopes': [8, 2],
    'no private scope': [4, 1],
  });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bench-search-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
