import { sql } from 'drizzle-orm';
import { expect, it, onTestFinished } from 'vitest';
import { actorOf } from '../../../../registry/store/columns/said-columns.ts';
import { audit } from '../../../../registry/store/schema.ts';
import { openSqlite } from '../../../../registry/store/sqlite.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';

const key = `key:${digestOf('a key')}`;
const actors = ['registry', key, 'rita', '\u0001', '\u001f', 'key:sha256:', `${key}0`, ''];
const reasons = [
  'enough approvals; verification summary at log index 7',
  'a scanner took it',
  'scan verdict: block, by as many scanners as policy asks for',
  'published',
  'a reason of a person',
  '\u0001',
  '\u001f\u0001',
  '\nx',
  '',
];

it('gives every person and reason back, and keeps apart what two of them say', async () => {
  const db = openSqlite(':memory:');
  onTestFinished(() => db.close());
  const lines = [
    ...actors.map((by) => ({ by, why: 'x' })),
    ...reasons.map((why) => ({ by: 'x', why })),
  ];
  await db.batch(
    lines.map((line) => (to) => to.insert(audit).values({ at: 1, kind: 'statement', ...line })),
  );
  const rows = await db.read.select({ by: audit.by, why: audit.why }).from(audit);
  expect(rows).toEqual(lines);
  const cells = db.read.all(sql`SELECT DISTINCT "by", why FROM audit`);
  expect(cells).toHaveLength(lines.length);
});

it('turns a person in SQL as the column does', async () => {
  const db = openSqlite(':memory:');
  onTestFinished(() => db.close());
  for (const by of ['registry', key, 'rita']) {
    const same = sql`${actorOf(sql`${by}`)} IS ${sql.param(by, audit.by)}`;
    expect(await db.read.get(sql`SELECT ${same} AS same`)).toEqual({ same: 1 });
  }
});
