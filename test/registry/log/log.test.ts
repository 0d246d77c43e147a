import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { resume } from '../../../registry/index/resume.ts';
import { newestCheckpoint } from '../../../registry/log/log.ts';
import { append } from '../../../registry/log/sequencer.ts';
import { audit, indexLines, statements, versions } from '../../../registry/store/schema.ts';
import { verifyCheckpoint } from '../../../skills-index/log/checkpoint.ts';
import { treeRootFrom } from '../../../skills-index/log/head-question.ts';
import { leafHash, verifyInclusion } from '../../../skills-index/log/merkle-tree.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { signStatement } from '../../../skills-index/statement/sign.ts';
import { inclusionProof, nodesFromLeaves } from '../../skills-index/log/whole-tree.ts';
import { makeKey } from '../people.ts';
import { claimScope, makeSkill, publishApproved } from '../road.ts';
import { expectAnswer, publishIn } from '../steps.ts';
import { eachWorld, makeWorld, oneWorld, ownWorld } from '../world.ts';

/** The bytes of a column with another last byte; two distances give two other ones. */
const withOtherEnd = (column: string, distance: number): string => {
  const digits = [...'0123456789ABCDEF'];
  const moved = digits.map((_, at) => digits[(at + distance) % 16]).join('');
  const last = `instr('${digits.join('')}', substr(hex(${column}), -1))`;
  return `unhex(substr(hex(${column}), 1, 2 * length(${column}) - 1) || substr('${moved}', ${last}, 1))`;
};

describe('the log', () => {
  const world = oneWorld();
  beforeAll(async () => {
    // More entries than one tile holds, put in as any statement is, without the cost of 300
    // requests.
    const { registry } = world;
    for (let i = 0; i < 6; i++) {
      const many = await Promise.all(
        Array.from({ length: 50 }, async (_, n) => {
          const key = makeKey();
          const statement = scopeStatement({
            scope: parseScope(`filler-${i}-${n}`),
            owners: [key.open],
          });
          return {
            statement,
            envelope: await signStatement(statement, key),
            signer: { keyId: key.keyId, spki: key.publicKey },
          };
        }),
      );
      await append(registry, { statements: many, writes: () => [] });
    }
    await resume(registry, (error) => world.errors.push(error));
  });

  const refusal = async (attack: () => Promise<unknown>): Promise<string> => {
    try {
      await attack();
      return 'done';
    } catch (error) {
      return error instanceof Error ? `${error.message} ${error.cause}` : '';
    }
  };
  const key = (): Uint8Array => Buffer.from(world.trust.root.log.key, 'base64');
  const bytes = async (path: string): Promise<Buffer> =>
    Buffer.from(await (await world.send(path)).arrayBuffer());

  it('serves tiles from which anybody computes the root that its checkpoint signs', async () => {
    const note = (await bytes('/log/checkpoint')).toString();
    const head = verifyCheckpoint(note, { origin: 'localhost', key: key() });
    expect(head.size).toBeGreaterThan(256);
    const full = await bytes('/log/tile/0/000');
    const rest = await bytes(`/log/tile/0/001.p/${head.size - 256}`);
    const leaves = Buffer.concat([full, rest]);
    const leafAt = (index: number): Uint8Array => leaves.subarray(index * 32, index * 32 + 32);
    for (const index of [0, 255, 256, head.size - 1]) {
      const proof = inclusionProof(index, head.size, leafAt);
      expect(
        verifyInclusion({ leaf: leafAt(index), index, size: head.size, root: head.root, proof }),
      ).toBe(true);
    }
    // Level 1 holds the roots of full tiles of level 0.
    expect(await bytes('/log/tile/1/000.p/1')).toEqual(
      Buffer.from(treeRootFrom(256, nodesFromLeaves(leafAt))),
    );
  });

  it('serves entries that hash to the leaves of the tile beside them, each where it belongs', async () => {
    const { size } = verifyCheckpoint((await bytes('/log/checkpoint')).toString(), {
      origin: 'localhost',
      key: key(),
    });
    for (const place of ['000', `001.p/${size - 256}`]) {
      const entries = entriesIn(await bytes(`/log/tile/entries/${place}`));
      const leaves = await bytes(`/log/tile/0/${place}`);
      expect(Buffer.concat(entries.map((entry) => Buffer.from(leafHash(entry))))).toEqual(leaves);
      for (const entry of entries)
        expect(JSON.parse(entry.toString())).toMatchObject({
          kind: 'hashedrekord',
          apiVersion: '0.0.2',
        });
    }
  });

  it('says of its tiles that they never change, and of its checkpoint that it does', async () => {
    const tile = await world.send('/log/tile/0/000');
    expect(tile.headers.get('content-type')).toBe('application/octet-stream');
    expect(tile.headers.get('cache-control')).toContain('immutable');
    const head = await world.send('/log/checkpoint');
    expect(head.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(head.headers.get('cache-control')).toBe('no-cache');
  });

  it.each(['tile/0/000.p/999', 'tile/0/../../stored', 'tile/entries/009'])(
    'has no %s',
    async (path) => {
      expect([404, 422]).toContain((await world.send(`/log/${path}`)).status);
    },
  );

  it('cannot be rewritten by a statement to the database, nor the audit', async () => {
    const { registry } = world;
    for (const attack of [
      sql`UPDATE log SET root = 'x' WHERE "index" = 0`,
      sql`UPDATE log SET note = 'x' WHERE "index" = 0`,
      sql`DELETE FROM log WHERE "index" = 0`,
      sql`UPDATE statements SET signer = x'00' WHERE logIndex = 0`,
      sql`DELETE FROM statements WHERE logIndex = 0`,
      sql`UPDATE audit SET why = 'x'`,
      sql`DELETE FROM audit`,
    ]) {
      await publishIn(world, makeSkill('@acme/audited', '1.0.0'));
      expect(await refusal(async () => registry.db.read.run(attack))).toMatch(/append-only/);
    }
  });

  it('loses no line of the index, and none of the audit, to a line in its place', async () => {
    const staffed = await ownWorld();
    const skill = makeSkill('@acme/shown', '1.0.0');
    await publishApproved(staffed, skill);
    const { db } = staffed.registry;
    const all = async () => [
      await db.read.select().from(indexLines),
      await db.read.select().from(versions),
      await db.read.select().from(audit),
    ];
    const before = await all();
    for (const attack of [
      sql`INSERT OR REPLACE INTO index_lines SELECT logIndex, 1000, name, line, 1 FROM index_lines`,
      sql`INSERT OR REPLACE INTO versions SELECT * FROM versions`,
      sql`INSERT OR REPLACE INTO versions (id, name, version, bundle, status, move, publisher, createdAt) SELECT 1000, name, version, x'00', status, move, publisher, createdAt FROM versions`,
      sql`INSERT OR REPLACE INTO index_lines SELECT 1000, versionId, '@acme/other', line, 1 FROM index_lines`,
      sql`INSERT OR REPLACE INTO audit (id, at, kind, by, why) SELECT id, at, kind, by, 'x' FROM audit`,
      sql`INSERT OR REPLACE INTO audit (id, at, kind, versionId, move, by, why) SELECT 1000, at, kind, versionId, move, by, 'x' FROM audit WHERE move = 1`,
    ])
      expect(await refusal(async () => db.read.run(attack))).toMatch(/UNIQUE constraint failed/);
    // A line is made of the row of its version.
    for (const attack of [
      sql`UPDATE versions SET bundle = 'sha256:x'`,
      sql`UPDATE versions SET publisher = 'sha256:x'`,
      sql`UPDATE OR REPLACE versions SET version = '2.0.0'`,
      sql`DELETE FROM versions`,
    ])
      expect(await refusal(async () => db.read.run(attack))).toMatch(/a version keeps its/);
    expect(await all()).toEqual(before);
  });

  it('takes no statement twice, although its index holds the beginnings of digests alone', async () => {
    const other = await makeWorld();
    onTestFinished(() => other.close());
    await claimScope(other, 'acme', makeKey());
    const { db } = other.registry;
    const rows = async () => (await db.read.select().from(statements)).length;
    const before = await rows();
    const copy = (payload: string) =>
      sql.raw(`INSERT INTO statements (logIndex, predicateType, payload, signer, envelope, createdAt)
        SELECT 1000, 1, ${payload}, signer, envelope, createdAt FROM statements WHERE logIndex = 0`);
    const insert = (payload: string) => refusal(async () => db.read.run(copy(payload)));
    expect(await insert('payload')).toMatch(/UNIQUE constraint failed: statements.payload/);
    expect(await rows()).toBe(before);
    db.read.run(copy(withOtherEnd('payload', 1)));
    const replace = sql`UPDATE OR REPLACE statements SET bundle = (SELECT bundle FROM statements WHERE logIndex = 0) WHERE logIndex = 1000`;
    expect(await refusal(async () => db.read.run(replace))).toMatch(/UNIQUE constraint failed/);
    const address = sql`INSERT INTO statements (logIndex, predicateType, payload, signer, envelope, bundle, createdAt)
      SELECT 1001, 1, ${sql.raw(withOtherEnd('payload', 2))}, signer, envelope, bundle, createdAt FROM statements WHERE logIndex = 0`;
    expect(await refusal(async () => db.read.run(address))).toMatch(/failed: statements.bundle/);
    expect(await rows()).toBe(before + 1);
    db.read.run(
      sql`UPDATE statements SET bundle = (SELECT ${sql.raw(withOtherEnd('bundle', 1))} FROM statements WHERE logIndex = 0) WHERE logIndex = 1000`,
    );
  });
});

describe('a log whose newest row is damaged', () => {
  const world = eachWorld();

  it.each([
    ['other peaks', sql`peaks = (SELECT peaks FROM log WHERE "index" = 0)`],
    ['another root', sql`root = (SELECT root FROM log WHERE "index" = 0)`],
    [
      'peaks and a root of another tree',
      sql`(peaks, root) = (SELECT peaks, root FROM log WHERE "index" = 0)`,
    ],
  ])('signs nothing over it: %s', async (_, damage) => {
    const { registry, send } = world;
    await expectAnswer(claimScope(send, 'before', makeKey()), 201);
    const head = await newestCheckpoint(registry);
    registry.db.read.run(sql`DROP TRIGGER log_no_update`);
    registry.db.read.run(sql`UPDATE log SET ${damage} WHERE "index" = ${(head?.size ?? 0) - 1}`);
    const refused = await claimScope(send, 'after', makeKey());
    await expectAnswer(refused, 503, 'database-damaged');
    expect(await newestCheckpoint(registry)).toEqual(head);
    await expectAnswer(send('/readyz'), 503);
  });
});

/** Entries of a bundle: each has 16 bits of length before it, and nothing is left over. */
function entriesIn(bundle: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bundle.length; ) {
    const end = at + 2 + bundle.readUInt16BE(at);
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  expect(entries.reduce((bytes, entry) => bytes + 2 + entry.length, 0)).toBe(bundle.length);
  return entries;
}
