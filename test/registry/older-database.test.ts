import BetterSqlite3 from 'better-sqlite3';
import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { indexFileName, writeLackingFiles } from '../../registry/index/index-file.ts';
import { notices } from '../../registry/notices/notice-schema.ts';
import { endedVersions } from '../../registry/retention/retention-schema.ts';
import { listQueue } from '../../registry/review/review.ts';
import { payloadMark } from '../../registry/store/columns/payload-mark-column.ts';
import { openFile, upgradingText } from '../../registry/store/database-file.ts';
import { packageBacklog } from '../../registry/store/package-schema.ts';
import { indexLines, statements, versions } from '../../registry/store/schema.ts';
import { type OpenDatabase, databaseOf as open, openSqlite } from '../../registry/store/sqlite.ts';
import { listDoubts } from '../../registry/versions/doubts.ts';
import { versionsOf } from '../../registry/versions/find-versions.ts';
import { nothingEntersSince } from '../../registry/versions/versions.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { earlierDatabase } from './store/earlier-release.ts';
import { makeWorld, type World } from './world.ts';

const name = parseSkillName('@acme/old');

/** A database as the release with `count` migrations left it. */
function databaseOf(count: number): string {
  const path = earlierDatabase(count);
  const client = new BetterSqlite3(path);
  const type = 'https://skillgate.dev/attestation/publish/v1';
  // The clock was three days ahead when 1.0.0 came, so its id sorts behind that of 1.0.1.
  for (const [at, [version, id]] of [
    ['1.0.0', 'B'],
    ['1.0.1', 'A'],
  ].entries()) {
    const bundle = `sha256:${String(at).repeat(64)}`;
    client
      .prepare(
        `INSERT INTO versions VALUES (?, '@acme/old', ?, ?, 'approved', 1, 'p', 'pass', 'r', 1)`,
      )
      .run(id, version, bundle);
    client
      .prepare(
        `INSERT INTO statements (logIndex, predicateType, payload, signer, envelope, versionId, createdAt) VALUES (?, ?, ?, 's', '{}', ?, 1)`,
      )
      .run(at * 3 + 1, type, `payload ${at}`, id);
    // Both are marked as written, whatever the file holds.
    client
      .prepare(`INSERT INTO index_lines VALUES (?, ?, '@acme/old', ?, 1)`)
      .run(at * 3 + 2, id, `line ${version}`);
  }
  client.exec(
    `INSERT INTO versions VALUES ('W', '@acme/new', '1.1.0', 'sha256:w', 'in review', 1, 'p', 'pass', 'r', 1)`,
  );
  // A rescan of A failed before its last move, and one of B failed behind it.
  for (const [id, version, at, kind, move] of [
    ['1', 'A', 5, 'job', null],
    ['2', 'A', 6, 'move', 1],
    ['3', 'B', 7, 'move', 1],
    ['4', 'B', 8, 'job', null],
  ])
    client
      .prepare(
        `INSERT INTO audit (id, at, kind, versionId, move, "by", why) VALUES (?, ?, ?, ?, ?, 'registry', 'a rescan failed')`,
      )
      .run(id, at, kind, version, move);
  client.close();
  return path;
}

describe('a database of an earlier release', () => {
  let world: World;
  let db: OpenDatabase;
  beforeEach(async () => {
    world = await makeWorld();
    db = openSqlite(databaseOf(11));
  });
  afterEach(() => {
    db.close();
    world.close();
  });

  it('is announced before it is upgraded, and neither afterwards nor when it is new', () => {
    const said: string[] = [];
    const path = databaseOf(11);
    for (const one of [path, path, ':memory:']) {
      const file = openFile(one);
      open(file, undefined, () => said.push(upgradingText(file))).close();
    }
    expect(said).toEqual([expect.stringMatching(/^Upgrading the database \(1 MiB\)/)]);
  });

  it('orders its versions by the log, whatever the clock said when they came', async () => {
    const rows = await versionsOf({ ...world.registry, db }, name, { after: -1, limit: 9 });
    expect(rows.map(({ version, logIndex }) => [version, logIndex])).toEqual([
      ['1.0.0', 1],
      ['1.0.1', 4],
    ]);
  });

  it('gets back a line that its index file lost', async () => {
    const file = indexFileName(name);
    world.stored.set(file, Buffer.from('line 1.0.0\n'));
    await writeLackingFiles({ ...world.registry, db });
    expect(Buffer.from(world.stored.get(file) ?? []).toString()).toBe('line 1.0.0\nline 1.0.1\n');
    expect((await db.read.select().from(indexLines)).map(({ written }) => written)).toEqual([1, 1]);
  });

  it('remembers that the packages of its versions, and of each new one, are still to be listed', async () => {
    const insert = `INSERT INTO versions (id, name, version, bundle, status, move, publisher, verdict, report, createdAt, logIndex) SELECT 9, name, '2.0.0', bundle, status, move, publisher, verdict, report, createdAt, logIndex FROM versions WHERE version = '1.0.1'`;
    await db.batch([(write) => write.run(sql.raw(insert))]);
    const waiting = await db.read.select().from(packageBacklog);
    expect(waiting.map(({ versionId }) => versionId)).toEqual(['0', '1', '4', '9']);
  });

  it('keeps the doubts that nothing settled', async () => {
    expect(await listDoubts({ ...world.registry, db })).toMatchObject([
      { version: '1.0.0', why: 'a rescan failed', at: new Date(8) },
    ]);
  });

  it('lists the versions that wait, each behind a judging that is still to come', async () => {
    const insert = `INSERT INTO versions (id, name, version, bundle, status, move, publisher, verdict, report, createdAt, logIndex) SELECT 9, name, '2.0.0', bundle, 'quarantined', move, publisher, verdict, report, createdAt, 9 FROM versions WHERE version = '1.0.1'`;
    await db.batch([(write) => write.run(sql.raw(insert))]);
    const queue = await listQueue({ ...world.registry, db });
    expect(queue).toMatchObject({ waiting: 2, quarantined: 1, unsettled: false });
    // Its report is lost, so the version is shown as the worst that can be.
    expect(queue.rows.map(({ version, risk, failed }) => [version, risk.total, failed])).toEqual([
      ['1.1.0', 100, expect.stringContaining('Cannot show this version')],
      ['2.0.0', 100, expect.stringContaining('Cannot show this version')],
    ]);
  });

  it('counts its lines, and each that enters', async () => {
    const registry = { ...world.registry, db };
    const quiet = await nothingEntersSince(registry);
    await db.batch([quiet]);
    const row = { logIndex: 9, versionId: '9', name, line: 'line', written: 0 };
    await db.batch([(write) => write.insert(indexLines).values(row)]);
    await expect(db.batch([quiet])).rejects.toMatchObject({ on: 'guard' });
    await db.batch([await nothingEntersSince(registry)]);
    expect(await db.read.select({ id: versions.id }).from(versions)).toHaveLength(3);
  });
});

it('gives each notice the scope of its version', async () => {
  const path = earlierDatabase(46);
  const client = new BetterSqlite3(path);
  client.exec(
    `INSERT INTO versions (id, name, version, bundle, status, move, publisher, createdAt, logIndex) VALUES ('A', '@acme/old', '1.0.0', 'x', 'approved', 0, 'p', 1, 1);
     INSERT INTO notices (kind, state, versionId, "by", at) VALUES ('decided', 'approved', 'A', 'registry', 1)`,
  );
  client.close();
  const db = openSqlite(path);
  onTestFinished(() => db.close());
  const rows = await db.read.select({ scope: notices.scope }).from(notices);
  expect(rows).toEqual([{ scope: 'acme' }]);
});

it('keeps each statement, of each type, with its digests', async () => {
  const path = earlierDatabase(37);
  const client = new BetterSqlite3(path);
  // That release had no observations.
  const types = Object.values(predicateTypes).filter((type) => type !== predicateTypes.observed);
  const add = client.prepare(
    `INSERT INTO statements (logIndex, predicateType, payload, signer, envelope, createdAt, bundle, certificate) VALUES (?, ?, ?, ?, '{}', 1, ?, ?)`,
  );
  client.exec('DROP TRIGGER statements_named');
  const rows = types.map((predicateType, logIndex) => ({
    logIndex,
    predicateType,
    payload: digestOf(`payload ${logIndex}`),
    signer: digestOf('signer'),
    bundle: logIndex === 0 ? null : digestOf(`bundle ${logIndex}`),
    certificate: logIndex === 0 ? null : digestOf(`certificate ${logIndex}`),
  }));
  for (const { logIndex, predicateType, payload, signer, bundle, certificate } of rows)
    add.run(logIndex, predicateType, payload, signer, bundle, certificate);
  // A damaged row stays, and is found by whoever checks the log.
  add.run(rows.length, predicateTypes.scan, 'no digest', 'nobody', null, null);
  client.close();
  const db = openSqlite(path);
  onTestFinished(() => db.close());
  const read = await db.read.select().from(statements).orderBy(statements.logIndex);
  const halves = rows.map((row) => ({ ...row, payload: payloadMark(row.payload) }));
  expect(read).toMatchObject([...halves, { logIndex: rows.length }]);
  for (const { payload, logIndex } of rows)
    expect(
      await db.read
        .select({ logIndex: statements.logIndex })
        .from(statements)
        .where(eq(statements.payload, payloadMark(payload))),
    ).toEqual([{ logIndex }]);
});

it('knows since when the refused versions of an earlier release were refused', async () => {
  const path = earlierDatabase(11);
  const client = new BetterSqlite3(path);
  const add = client.prepare(
    `INSERT INTO versions VALUES (?, ?, '1.0.0', 'sha256:b', ?, 1, 'p', 'pass', 'r', 1)`,
  );
  for (const [id, state] of Object.entries({ R: 'refused', A: 'approved' })) {
    add.run(id, `@acme/${id}`, state);
    client
      .prepare(
        `INSERT INTO audit (id, at, kind, versionId, move, "from", "to", "by", why) VALUES (?, 7, 'move', ?, 1, 'in review', ?, 'rita', 'why')`,
      )
      .run(id, id, state);
  }
  client.close();
  const db = openSqlite(path);
  onTestFinished(() => db.close());
  const { at, state, versionId } = endedVersions;
  expect(
    await db.read
      .select({ name: versions.name, state, at })
      .from(endedVersions)
      .innerJoin(versions, eq(versions.id, versionId))
      .limit(9),
  ).toEqual([{ name: '@acme/R', state: 'refused', at: 7 }]);
});
