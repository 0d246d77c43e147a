import { eq, type SQL, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { readRange, rootOfSize } from '../../../registry/log/log.ts';
import { mapAtHead } from '../../../registry/log/map-nodes.ts';
import { makeSegment, tendSegments } from '../../../registry/log/segments/keep-segments.ts';
import { segmentedUntil } from '../../../registry/log/segments/read-segments.ts';
import { wholeRow } from '../../../registry/log/segments/whole-row.ts';
import { logSegments } from '../../../registry/store/log-schema.ts';
import { publicBlobName, storedBlobName } from '../../../registry/store/objects.ts';
import { log, statements } from '../../../registry/store/schema.ts';
import { rangeRoot } from '../../../skills-index/log/compact-range.ts';
import { type Digest, digestOf } from '../../../skills-index/skill/digest.ts';
import { predicateTypes } from '../../../skills-index/statement/attestation.ts';
import type { signStatement } from '../../../skills-index/statement/sign.ts';
import { somebody, someWorkflow } from '../../skills-index/story-sigstore.ts';
import { certify, claim, job, kim, publishBy, sigstore } from '../certified-road.ts';
import { failWrite } from '../failing-write.ts';
import { call, makeSkill, publish, publishScanned, signPublication } from '../road.ts';
import { approveIn, bodyAt, expectAnswer, expectProblem, rowsOf, scanIn } from '../steps.ts';
import { eachWorld } from '../world.ts';

const entries = 4;
const appendOnly = expect.stringContaining('append-only');
const approved = makeSkill('@acme/kept', '1.0.0');
const waiting = makeSkill('@acme/waits', '1.0.0');
const byJob = makeSkill('@ours/built', '1.0.0');
const run = { ...someWorkflow, run: 'https://ci.example/acme/skills/runs/7/attempts/1' };

describe('evidence that a segment has', () => {
  const world = eachWorld({ sigstore: sigstore.trustedRoot }, async () => {
    const { send, author } = world;
    await claim(send, 'ours', { owners: [kim], publishers: [job], signer: certify(somebody) });
    await expectAnswer(publishBy(send, byJob, run), 201);
    await scanIn(world, byJob);
    envelope = await signPublication(approved, author);
    await expectAnswer(publish(send, approved, author, { envelope }), 201);
    await scanIn(world, approved);
    await expectAnswer(approveIn(world, approved), 201);
    await publishScanned(world, waiting);
  });
  let envelope: Awaited<ReturnType<typeof signStatement>>;

  const segmentAll = async () => {
    while (await makeSegment(world.registry, entries));
  };
  const rows = () => world.registry.db.read.select().from(statements).orderBy(statements.logIndex);
  const textOf = async (path: string): Promise<string> => {
    const answer = await world.send(path);
    return `${answer.status} ${digestOf(new Uint8Array(await answer.arrayBuffer()))}`;
  };
  /** Everything that the log shows to everybody. */
  const seen = async (): Promise<unknown> => {
    const { size } = await readRange(world.registry);
    const indexes = Array.from({ length: size }, (_, index) => index);
    return {
      statements: await Promise.all(indexes.map((index) => textOf(`/log/statements/${index}`))),
      ranges: await Promise.all(
        indexes.map(async (index) => {
          const { size: entries, peaks } = await readRange(world.registry, index + 1);
          return { entries, peaks, map: await mapAtHead(world.registry, index + 1) };
        }),
      ),
      tile: await textOf(`/log/tile/entries/000.p/${size}`),
      hashes: await textOf(`/log/tile/0/000.p/${size}`),
      checkpoint: await textOf('/log/checkpoint'),
      version: await bodyAt(world, '/api/v1/versions/@acme/kept/1.0.0'),
      versions: await bodyAt(world, '/api/v1/versions/@acme/kept'),
      built: await bodyAt(world, '/api/v1/versions/@ours/built/1.0.0'),
    };
  };
  const lose = (...digests: readonly Digest[]) => {
    for (const digest of digests)
      for (const name of [storedBlobName(digest), publicBlobName(digest)]) {
        const bytes = world.stored.get(name);
        if (bytes === undefined) continue;
        const damaged = Buffer.from(bytes);
        damaged[damaged.length - 5] = (damaged[damaged.length - 5] ?? 0) ^ 1;
        world.stored.set(name, damaged);
      }
  };
  const segments = () => rowsOf(world, logSegments);
  /** A statement whose row has no envelope, and its segment. */
  const someBundle = async (): Promise<{ digest: Digest; logIndex: number; segment: Digest }> => {
    const [row] = (await rows()).filter(({ envelope: text }) => text === '');
    const segment = (await segments()).find(({ until }) => (row?.logIndex ?? 0) < until);
    return {
      digest: row?.bundle ?? digestOf(''),
      logIndex: row?.logIndex ?? -1,
      segment: segment?.digest ?? digestOf(''),
    };
  };

  it('is read as before, by everybody, and the rows keep facts', async () => {
    const before = await seen();
    const whole = await rows();
    await segmentAll();
    const { size } = await readRange(world.registry);
    expect(await segmentedUntil(world.registry)).toBeGreaterThan(size - entries);
    expect(await seen()).toEqual(before);
    const lean = await rows();
    const { publish: publication, scan: scanned, approval, summary } = predicateTypes;
    expect(
      new Set(lean.filter(({ envelope: text }) => text === '').map((row) => row.predicateType)),
    ).toEqual(new Set([publication, scanned, approval, summary]));
    expect(lean.filter(({ fact }) => fact !== null)).not.toEqual([]);
    for (const [at, row] of lean.entries()) {
      const isDated = row.envelope !== '' || row.predicateType === approval;
      const expected = { ...whole[at], ...(isDated ? {} : { createdAt: 0 }) };
      expect({ ...(await wholeRow(world.registry, row)), fact: null }).toEqual(expected);
    }
    const [certified] = lean.filter((row) => row.envelope === '' && row.material !== null);
    expect(Object.keys(JSON.parse(certified?.material ?? '{}'))).toEqual(['certificate']);
    const kept = await rowsOf(world, log);
    expect(kept.filter(({ body }) => body !== '').length).toBeLessThan(entries);
    expect(kept.filter(({ note }) => note !== null).length).toBeLessThan(size);
    const ends = (await segments()).map(({ until }) => until - 1);
    expect(
      kept.filter(({ index, body, root, map }) =>
        ends.includes(index) || body !== '' ? root === '' : root !== '' || map !== null,
      ),
    ).toEqual([]);
  });

  it('leaves hashes that are refused when somebody edits one of them', async () => {
    await segmentAll();
    const { db } = world.registry;
    db.read.run(sql`DROP TRIGGER log_no_update`);
    const root = await rootOfSize(world.registry, 2);
    expect(root).toBe(
      Buffer.from(rangeRoot(await readRange(world.registry, 2))).toString('base64'),
    );
    db.read.run(
      sql`UPDATE log SET leafHash = (SELECT leafHash FROM log WHERE "index" = 0) WHERE "index" = 2`,
    );
    // The tree of two entries is before the edited leaf, and in the same segment.
    for (const size of [2, 3])
      await expectProblem(readRange(world.registry, size), 'database-damaged');
  });

  it('refuses every tree of a segment whose last row has lost its peaks', async () => {
    await segmentAll();
    const { db } = world.registry;
    db.read.run(sql`DROP TRIGGER log_no_update`);
    const [segment] = await segments();
    const until = segment?.until ?? 0;
    db.read.run(sql`UPDATE log SET peaks = '[]' WHERE "index" = ${until - 1}`);
    for (const size of [2, until])
      await expectProblem(readRange(world.registry, size), 'database-damaged');
  });

  it('is enough to go on: repeated requests, approvals, a second version', async () => {
    await segmentAll();
    const { send, author } = world;
    // The same bytes get the first answer again.
    await expectAnswer(publish(send, approved, author, { envelope }), 201);
    await expectAnswer(
      publishBy(send, makeSkill('@ours/built', '1.0.1'), run),
      409,
      'certificate-used',
    );
    await expectAnswer(approveIn(world, waiting), 201);
    const next = makeSkill('@acme/kept', '1.0.1');
    await publishScanned(world, next);
    await segmentAll();
    await expectAnswer(approveIn(world, next), 201);
    expect(world.errors).toEqual([]);
  });

  it('takes along the drafts of versions that left the review, and of no others', async () => {
    const { send, tokens, registry } = world;
    const draft = { token: tokens.rita, json: { reason: 'read it' } };
    const { status } = await call(send, '/api/v1/reviews/@acme/waits/1.0.0/draft', draft);
    expect(status).toBe(201);
    const names = async (): Promise<unknown[]> =>
      registry.db.read.all(
        sql`SELECT name FROM drafts JOIN versions ON versions.id = versionId ORDER BY name`,
      );
    expect(await names()).toEqual([{ name: '@acme/kept' }, { name: '@acme/waits' }]);
    await segmentAll();
    expect(await names()).toEqual([{ name: '@acme/waits' }]);
  });

  it('takes along the done scan jobs of versions that left the review, and of no others', async () => {
    const { registry } = world;
    const names = async (): Promise<unknown[]> =>
      registry.db.read.all(
        sql`SELECT name FROM jobs JOIN versions ON versions.id = versionId WHERE state = 'done' ORDER BY name`,
      );
    const inReview = [{ name: '@acme/waits' }, { name: '@ours/built' }];
    expect(await names()).toEqual([{ name: '@acme/kept' }, ...inReview]);
    await segmentAll();
    expect(await names()).toEqual(inReview);
  });

  it('keeps the done job of a version that another scanner is to look at', async () => {
    const { registry } = world;
    await registry.db.read.run(
      sql`INSERT INTO jobs (id, versionId, state, leaseUntil, attempts, createdAt) SELECT 'another', id, 'waiting', 0, 0, 0 FROM versions WHERE name = '@acme/kept'`,
    );
    const states = async (): Promise<unknown[]> =>
      registry.db.read.all(
        sql`SELECT state FROM jobs JOIN versions ON versions.id = versionId WHERE name = '@acme/kept' ORDER BY state`,
      );
    await segmentAll();
    expect(await states()).toEqual([{ state: 'done' }, { state: 'waiting' }]);
  });

  it('heals a damaged bundle', async () => {
    await segmentAll();
    const { digest, logIndex } = await someBundle();
    lose(digest);
    expect(await textOf(`/log/statements/${logIndex}`)).toBe(`200 ${digest}`);
    expect(digestOf(world.stored.get(storedBlobName(digest)) ?? '')).toBe(digest);
  });

  it('is made again from the bundles when the segment is damaged, or gone', async () => {
    const { size } = await readRange(world.registry);
    const tile = `/log/tile/entries/000.p/${size}`;
    const before = await textOf(tile);
    await segmentAll();
    const all = (await segments()).map(({ digest }) => digest);
    lose(...all);
    world.stored.delete(storedBlobName(all[0] ?? digestOf('')));
    expect(await textOf(tile)).toBe(before);
    for (const digest of all)
      expect(digestOf(world.stored.get(storedBlobName(digest)) ?? '')).toBe(digest);
  });

  it('is looked through while the registry runs, and what is damaged is made again or named', async () => {
    await segmentAll();
    const { digest, segment } = await someBundle();
    const [first] = await segments();
    lose(first?.digest ?? digestOf(''), segment, digest);
    world.stored.delete(storedBlobName(segment));
    const failures: unknown[] = [];
    // Each segment with its first entry.
    const all = await segments();
    const end = all.at(-1)?.until ?? 0;
    for (const { first: entry } of all) {
      const random = Buffer.alloc(6);
      random.writeUIntBE(Math.floor(((entry + 0.5) / end) * 2 ** 48), 0, 6);
      await tendSegments({ ...world.registry, random: () => random }).catch((error: unknown) =>
        failures.push(error),
      );
    }
    expect(digestOf(world.stored.get(storedBlobName(first?.digest ?? digestOf(''))) ?? '')).toBe(
      first?.digest,
    );
    expect(failures).toEqual([
      expect.objectContaining({
        code: 'blob-damaged',
        message: expect.stringContaining(segment),
      }),
    ]);
  });

  it('is named when the segment and the bundle are lost, and stops no other statement', async () => {
    await segmentAll();
    const { digest, logIndex, segment } = await someBundle();
    lose(digest);
    world.stored.delete(storedBlobName(segment));
    const answer = await call(world, `/log/statements/${logIndex}`);
    expect(answer).toMatchObject({
      status: 503,
      body: { code: 'blob-damaged', detail: expect.stringContaining(digest) },
    });
    for (const row of await rows())
      if (row.logIndex !== logIndex)
        expect(await textOf(`/log/statements/${row.logIndex}`)).toBe(`200 ${row.bundle}`);
  });

  it.each([0, 1])('stays in the rows when write %i of a segment fails', async (nth) => {
    const before = await rows();
    const fault = failWrite(world.registry, nth);
    await expect(makeSegment(world.registry, entries)).rejects.toThrow('the storage is busy');
    expect(fault.failed()).toBe(true);
    fault.mend();
    expect(await rows()).toEqual(before);
    expect(await makeSegment(world.registry, entries)).toBe(true);
  });

  it('is moved once by two processes at the same time', async () => {
    const before = await seen();
    await Promise.all([1, 2].map(() => makeSegment(world.registry, entries)));
    expect((await segments()).map(({ first }) => first)).toEqual([0]);
    expect(await seen()).toEqual(before);
  });

  it('stays in the rows when one of the rows does not give its bundle', async () => {
    const [row] = (await rows()).filter(({ versionId }) => versionId !== null);
    const { db } = world.registry;
    db.read.run(sql`DROP TRIGGER statements_no_update`);
    await db.read
      .update(statements)
      .set({ envelope: row?.envelope.replace('"sig":"', '"sig":"AAAA') ?? '' })
      .where(eq(statements.logIndex, row?.logIndex ?? -1));
    await expect(segmentAll()).rejects.toMatchObject({
      code: 'database-damaged',
      message: expect.stringContaining(`log index ${row?.logIndex}`),
    });
    expect(await segmentedUntil(world.registry)).toBeLessThanOrEqual(row?.logIndex ?? 0);
  });

  it('is the only reason for which a row may go', async () => {
    const { db } = world.registry;
    const refused = (attempt: SQL) =>
      expect(() => db.read.run(attempt)).toThrow(
        expect.objectContaining({ cause: expect.objectContaining({ message: appendOnly }) }),
      );
    const last = (await readRange(world.registry)).size - 1;
    const attempts = (index: number) => [
      sql`DELETE FROM log WHERE "index" = ${index}`,
      sql`DELETE FROM statements WHERE logIndex = ${index}`,
    ];
    for (const attempt of attempts(last)) refused(attempt);
    await segmentAll();
    const { logIndex } = await someBundle();
    for (const attempt of [...attempts(last), ...attempts(logIndex)]) refused(attempt);
    const [named] = (await rows()).filter(({ envelope: text }) => text !== '');
    for (const attempt of [
      sql`DELETE FROM statements WHERE logIndex = ${named?.logIndex ?? -1}`,
      sql`INSERT INTO log ("index", leafHash, body, root, peaks, map) VALUES (1000, '', '', '', '[]', '')`,
      sql`UPDATE log_segments SET until = 0`,
      sql`DELETE FROM log_segments`,
    ])
      refused(attempt);
  });

  it('is gone from rows alone when somebody writes a segment by hand, and no row is', async () => {
    const { db } = world.registry;
    const before = await rows();
    const { size } = await readRange(world.registry);
    await makeSegment(world.registry, entries);
    const first = await segmentedUntil(world.registry);
    const refused = (attempt: SQL) => expect(() => db.read.run(attempt)).toThrow();
    for (const [from, until] of [
      [first, first],
      [first, size + 1],
      [first + 1, size],
    ])
      refused(sql`INSERT INTO log_segments VALUES (${from}, ${until}, 'sha256:x')`);
    refused(sql`INSERT OR REPLACE INTO log_segments VALUES (0, ${size}, 'sha256:x')`);
    // Some row has no fact yet.
    refused(sql`INSERT INTO log_segments VALUES (${first}, ${size}, 'sha256:x')`);
    db.read.run(sql`UPDATE statements SET fact = 'x' WHERE logIndex >= ${first}`);
    refused(sql`UPDATE statements SET fact = 'y' WHERE logIndex >= ${first}`);
    const segments = await db.read.select().from(logSegments);
    refused(
      sql`INSERT OR REPLACE INTO log_segments SELECT ${first}, ${size}, digest FROM log_segments`,
    );
    expect(await db.read.select().from(logSegments)).toEqual(segments);
    db.read.run(sql`INSERT INTO log_segments VALUES (${first}, ${size}, 'sha256:x')`);
    for (const index of before.map(({ logIndex }) => logIndex))
      for (const attempt of [
        sql`DELETE FROM log WHERE "index" = ${index}`,
        sql`DELETE FROM statements WHERE logIndex = ${index}`,
        sql`INSERT OR REPLACE INTO log SELECT "index", leafHash, '', root, '[]', NULL, 0, '' FROM log WHERE "index" = ${index}`,
        sql`INSERT OR REPLACE INTO statements SELECT * FROM statements WHERE logIndex = ${index}`,
        sql`INSERT OR REPLACE INTO statements (logIndex, predicateType, payload, signer, envelope, createdAt)
          SELECT 1000, predicateType, payload, signer, '{}', 1 FROM statements WHERE logIndex = ${index}`,
        sql`INSERT OR REPLACE INTO statements (logIndex, predicateType, payload, signer, envelope, createdAt, bundle)
          SELECT 1000, predicateType, x'70', x'73', '{}', 1, bundle FROM statements WHERE logIndex = ${index}`,
      ])
        refused(attempt);
    expect((await rows()).map(({ logIndex, payload }) => [logIndex, payload])).toEqual(
      before.map(({ logIndex, payload }) => [logIndex, payload]),
    );
    // The bundles still give every statement.
    for (const row of before)
      expect(await textOf(`/log/statements/${row.logIndex}`)).toBe(`200 ${row.bundle}`);
  });
});
