/** How many bytes the database keeps for one approved version, over all tables and indexes. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { segmentEntries } from '../../registry/log/segments/keep-segments.ts';
import type { Row } from '../row.ts';
import { requireSameRows } from './generator/compare-rows.ts';
import { Generator } from './generator/generator.ts';
import { untilListed } from './generator/settle-rows.ts';
import type { Part, Reach } from './part.ts';
import { whileServed } from './served.ts';
import { benchSkill } from './skill.ts';
import {
  approveScanned,
  claimFor,
  makeStaffedFolder,
  openSession,
  publishScanned,
} from './staffed-folder.ts';

/**
 * Their entries fill segments of the log, so the newest entries, which no segment has yet, are as
 * many before as after.
 */
const countOf: Record<Reach, number> = { quick: 1_024, usual: 4_096, full: 10_240 };
const bytesMax = 2_048;
const shownTables = 8;
/** Tables with rows for each skill: another version of the same skill adds nothing to them. */
const oncePerSkill = ['skills', 'name_words', 'skill_words'];
const version = '1.0.0';
/** A version that is really published, with which clones are compared. */
const besideName = 'skill900000';
/** Clones that fill a segment of the log. */
const leanClones = segmentEntries / 2;

export async function rowBytesPart(reach: Reach): Promise<Part> {
  const folder = await makeStaffedFolder();
  const count = countOf[reach];
  try {
    const names = { scope: 'zzbytes', skill: 'skill000000' };
    const author = await whileServed(folder.dir, async (served) => {
      const owner = await claimFor(served.send, names.scope);
      const session = await openSession(served, folder);
      const by = { author: owner, staff: folder, session };
      const skill = benchSkill(names.scope, names.skill, version);
      await publishScanned(served.send, skill, by);
      await approveScanned(served.send, skill, by);
      const beside = benchSkill(names.scope, besideName, version);
      await publishScanned(served.send, beside, by);
      await approveScanned(served.send, beside, by);
      await untilListed(folder.dir);
      return owner;
    });
    const path = join(folder.dir, 'registry.sqlite');
    const before = bytesOfTables(path);
    const generator = new Generator(folder.dir, folder.root, [folder.scanner, folder.reviewer]);
    const template = generator.version({ ...names, author }, version);
    const clonesFrom = (first: number, clones: number) =>
      Array.from({ length: clones }, (_, nth) => ({
        scope: names.scope,
        skill: `skill${String(first + nth).padStart(6, '0')}`,
        author,
      }));
    // Only statements that verify go into segments.
    await generator.clone(template, clonesFrom(1, count), 'whole');
    generator.close();
    const beside = `@${names.scope}/${besideName}`;
    requireSameRows(path, { real: beside, clone: `@${names.scope}/skill000001`, version });
    const logged = bytesOfTables(path);
    await whileServed(folder.dir, () => segmentsMade(path));
    const lean = bytesOfTables(path);
    const later = new Generator(folder.dir, folder.root, [folder.scanner, folder.reviewer]);
    await later.clone(template, clonesFrom(800_000, leanClones), 'rows');
    later.close();
    requireSameRows(path, { real: beside, clone: `@${names.scope}/skill800000`, version });
    return {
      rows: [
        rowOf('rows of one approved version, as logged', { before, after: logged, count }),
        rowOf('rows of one approved version, with older evidence in segments', {
          before,
          after: lean,
          count,
        }),
      ],
    };
  } finally {
    folder.remove();
  }
}

/** Bytes of the pages of each table with its indexes. */
function bytesOfTables(path: string): ReadonlyMap<string, number> {
  const db = new BetterSqlite3(path, { readonly: true });
  const rows = db
    .prepare(
      `SELECT m.tbl_name AS name, sum(d.pgsize) AS bytes
       FROM dbstat d JOIN sqlite_master m ON m.name = d.name
       WHERE d.aggregate = TRUE GROUP BY m.tbl_name`,
    )
    .all() as { readonly name: string; readonly bytes: number }[];
  db.close();
  return new Map(rows.map(({ name, bytes }) => [name, bytes]));
}

/** Waits until the log has fewer entries behind the last segment than a segment has. */
async function segmentsMade(path: string): Promise<void> {
  const db = new BetterSqlite3(path, { readonly: true });
  const left = db
    .prepare(
      'SELECT (SELECT max("index") + 1 FROM log) - (SELECT coalesce(max(until), 0) FROM log_segments)',
    )
    .pluck();
  while ((left.get() as number) >= segmentEntries) await delay(500);
  db.close();
}

interface Growth {
  readonly before: ReadonlyMap<string, number>;
  readonly after: ReadonlyMap<string, number>;
  readonly count: number;
}

function rowOf(name: string, { before, after, count }: Growth): Row {
  const each = [...after]
    .map(([name, bytes]) => [name, (bytes - (before.get(name) ?? 0)) / count] as const)
    .sort(([, a], [, b]) => b - a);
  const all = sumOf(each);
  const once = sumOf(each.filter(([table]) => oncePerSkill.some((name) => table.startsWith(name))));
  const parts = each.slice(0, shownTables).map(([table, bytes]) => `${table} ${bytes.toFixed(0)}`);
  return {
    name: `${name}, all tables with their indexes`,
    value: all,
    unit: 'B',
    against: `${(all - once).toFixed(0)} for each further version of a skill; ${parts.join(', ')}`,
    ratio: all / bytesMax,
    goal: `≤ ${bytesMax} B`,
    held: all <= bytesMax,
  };
}

function sumOf(each: readonly (readonly [string, number])[]): number {
  return each.reduce((sum, [, bytes]) => sum + bytes, 0);
}
