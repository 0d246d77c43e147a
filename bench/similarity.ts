/**
 * Near copies: one version looked up among 100,000 others, in the registry's own database on disk,
 * and by comparing with all in memory.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { similarVersions } from '../registry/review/similarity-index.ts';
import { openSqlite } from '../registry/store/sqlite.ts';
import { parseSkillName, type SkillName } from '../skills-index/skill/name.ts';
import { bandKeys, type Sketch, similarity } from '../skills-index/skill/text/matching-parts.ts';
import { quantile } from './measure.ts';
import { type Row, ratioRow } from './row.ts';

const others = 100_000;
/** Of so many the first two are near copies of one another: four values in five are the same. */
const copyEvery = 20;
const lookups = 400;
const comparisons = 4;

/** Unlike sketches are random against one another, so random values stand for them. */
export async function similarityRows(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-bench-'));
  const path = join(folder, 'registry.sqlite');
  openSqlite(path).close();
  const all = Array.from({ length: others }, (_, i) => sketchOf(i));
  fill(path, all);
  const db = openSqlite(path);
  const byBands: number[] = [];
  const byAll: number[] = [];
  let found = 0;
  let missed = 0;
  for (let i = 0; i < lookups; i++) {
    const at = (i * 331 * copyEvery) % others;
    let started = performance.now();
    const near = await similarVersions(
      { db },
      { id: String(at), name: nameOf(at) },
      { min: 0.6, apart: sql`0`, strange: sql`1` },
    );
    byBands.push(performance.now() - started);
    found += near.length;
    if (i >= comparisons) continue;
    const own = all[at] ?? sketchOf(at);
    started = performance.now();
    const likely = all.filter(
      (other, place) => place !== at && similarity(own, other) >= 0.6,
    ).length;
    byAll.push(performance.now() - started);
    missed += likely - near.length;
  }
  db.close();
  rmSync(folder, { recursive: true });
  process.stderr.write(
    `${found} near copies found in ${lookups} lookups; ${missed} missed in the ${comparisons} that were compared with all\n`,
  );
  return [
    ratioRow(
      'near copies among 100,000, p99',
      quantile(byBands, 0.99),
      'ms',
      { name: 'the goal,', value: 50 },
      1,
    ),
    ratioRow(
      '… median',
      quantile(byBands, 0.5),
      'ms',
      { name: 'comparing with all', value: quantile(byAll, 0.5) },
      1,
    ),
  ];
}

// Filled by one statement each, since 100,000 submissions would take hours: what is measured is the
// lookup.
function fill(path: string, all: readonly Sketch[]): void {
  const client = new BetterSqlite3(path);
  client.pragma('synchronous = OFF');
  const sketch = client.prepare('INSERT INTO sketches (versionId, sketch) VALUES (?, ?)');
  const band = client.prepare('INSERT INTO sketch_bands (key, versionId) VALUES (?, ?)');
  const version = client.prepare(
    "INSERT INTO versions (id, name, version, bundle, status, move, publisher, createdAt, bytes) VALUES (?, ?, '1.0.0', x'', 'approved', 1, x'', 0, 0)",
  );
  client.transaction(() => {
    all.forEach((values, i) => {
      version.run(i, nameOf(i));
      sketch.run(i, values);
      for (const key of bandKeys(values)) band.run(key, i);
    });
  })();
  client.close();
}

function nameOf(index: number): SkillName {
  return parseSkillName(`@bench/skill-${index}`);
}

function sketchOf(index: number): Sketch {
  const isCopy = index % copyEvery === 1;
  const random = generator(isCopy ? index - 1 : index);
  const change = generator(index + 1_000_003);
  return Uint8Array.from({ length: 128 }, () => {
    const value = random();
    return isCopy && change() % 5 === 0 ? change() : value;
  });
}

// xorshift32 (Marsaglia 2003): the same skills each time.
function generator(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  for (let i = 0; i < 4; i++) state = Math.imul(state ^ (state >>> 15), 0x85ebca6b) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
